import type { Clock } from "../../ops/clock.ts";
import type { Log } from "../../ops/log.ts";
import type { Desired } from "../desired/claimable.ts";
import type { LocalInterface } from "../desired/interfaces.ts";
import { formatRemembered, type Remembered, type RememberedScope } from "./remembered.ts";
import { parseRemembered } from "./remembered_parse.ts";

export interface RememberedFileOptions extends Omit<RememberedScope, "bootId"> {
  /** Where the file is, made where it is missing. One of each node, so that several nodes may share it. */
  readonly folder: string;
}

export interface RememberedFileDeps {
  readonly clock: Clock;
  readonly log: Log;
  /** Reads a file of /proc/sys, without the line's end; `undefined` where it is not there. */
  readonly read: (path: string) => string | undefined;
}

/** From one write to the next, at least. */
const PAUSE_MS = 10_000;

/** What says which boot this is (random(4)). */
const BOOT_ID_FILE = "/proc/sys/kernel/random/boot_id";

/**
 * The file that tells the next start what the API said: written on change, whole or not at all, and never while
 * anybody waits. The only writer of it. Where it cannot be kept there is one line in the log, and all else goes on.
 */
export class RememberedFile {
  readonly path: string;
  readonly #options: RememberedFileOptions;
  readonly #deps: RememberedFileDeps;
  #next: { readonly desired: Desired; readonly linkNames: ReadonlyMap<number, string> } | undefined;
  #changed = Promise.withResolvers<void>();
  /** SHA-256 of what the file has. */
  #written: string | undefined;
  #hasComplained = false;
  #isForgotten = false;

  constructor(options: RememberedFileOptions, deps: RememberedFileDeps) {
    this.#options = options;
    this.#deps = deps;
    this.path = `${options.folder}/${options.node}.json`;
  }

  /** What an earlier run since the boot left; absent where there is none, or none for this speaker. */
  async read(): Promise<Remembered | undefined> {
    const { log } = this.#deps;
    try {
      const reading = parseRemembered(await Deno.readTextFile(this.path), this.#scope());
      if (reading.kind === "remembered") return reading.remembered;
      log("info", "rememberedUnusable", { file: this.path, why: reading.why });
    } catch (error) {
      if (!(error instanceof Deno.errors.NotFound)) this.#complain(error);
    }
    return undefined;
  }

  /** What is to be in the file from now on. */
  keep(desired: Desired, local: readonly LocalInterface[]): void {
    this.#next = { desired, linkNames: new Map(local.map(({ index, name }) => [index, name])) };
    this.#changed.resolve();
  }

  /**
   * Everything is handed over, and the next start shall not know of it: nothing is written any more, and `run`
   * ends by taking the file away.
   */
  forget(): void {
    this.#isForgotten = true;
  }

  /** Writes until the signal aborts, and then once more what is not written yet; never throws. */
  async run(signal: AbortSignal): Promise<void> {
    const stop = (): void => this.#changed.resolve();
    signal.addEventListener("abort", stop);
    if (signal.aborted) stop();
    while (!signal.aborted) {
      await this.#changed.promise;
      if (signal.aborted) break;
      this.#changed = Promise.withResolvers();
      await this.#write(signal);
      await this.#deps.clock.sleep(PAUSE_MS, signal);
    }
    signal.removeEventListener("abort", stop);
    await (this.#isForgotten ? this.#remove() : this.#write(signal));
  }

  async #remove(): Promise<void> {
    try {
      await Deno.remove(this.path);
    } catch (error) {
      if (!(error instanceof Deno.errors.NotFound)) this.#complain(error);
    }
  }

  async #write(signal: AbortSignal): Promise<void> {
    const next = this.#next;
    if (next === undefined || this.#isForgotten) return;
    try {
      const bytes = await this.#encode({ ...next, scope: this.#scope() }, signal);
      const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", bytes)).toHex();
      if (digest !== this.#written) {
        await this.#replace(bytes);
        this.#written = digest;
      }
      if (this.#next === next) this.#next = undefined;
    } catch (error) {
      this.#complain(error);
    }
  }

  /** The engine goes on between two pieces. */
  async #encode(
    input: Parameters<typeof formatRemembered>[0],
    signal: AbortSignal,
  ): Promise<Uint8Array<ArrayBuffer>> {
    const pieces: string[] = [];
    for (const piece of formatRemembered(input)) {
      pieces.push(piece);
      await this.#deps.clock.sleep(0, signal);
    }
    return new TextEncoder().encode(pieces.join(""));
  }

  async #replace(bytes: Uint8Array): Promise<void> {
    const { folder } = this.#options;
    const unfinished = `${this.path}.new`;
    await Deno.mkdir(folder, { recursive: true, mode: 0o755 });
    await Deno.writeFile(unfinished, bytes, { mode: 0o600 });
    await Deno.rename(unfinished, this.path);
  }

  #scope(): RememberedScope {
    const { node, namespace, lbClass } = this.#options;
    const bootId = this.#deps.read(BOOT_ID_FILE);
    if (bootId === undefined) {
      throw new Error(`Cannot tell one boot from the next: no ${BOOT_ID_FILE}`);
    }
    return { node, namespace, lbClass, bootId };
  }

  #complain(error: unknown): void {
    if (this.#hasComplained) return;
    this.#hasComplained = true;
    this.#deps.log("info", "nothingRemembered", { file: this.path, error });
  }
}
