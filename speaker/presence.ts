import {
  isAlreadyExists,
  isNotFound,
  type Kube,
  LEASES,
  mergePatch,
  type ObjectMeta,
  ownedByNode,
  parseObject,
  pathOf,
} from "../kube/mod.ts";
import type { Json, JsonObject } from "../kube/mod.ts";
import type { Clock } from "../ops/clock.ts";
import type { Log } from "../ops/log.ts";
import { CONFLICTS_ANNOTATION, PRESENCE_LABEL } from "../config/presence.ts";
import { INTERFACES_ANNOTATION } from "./desired/presence_lease.ts";

export interface PresenceDeps {
  readonly kube: Kube;
  readonly clock: Clock;
  readonly log: Log;
  readonly random: () => number;
  /** Called once, when the first attempt to write has come to an end. */
  readonly onTried: () => void;
  /**
   * Called once, when the first write has succeeded, with what an earlier run told of conflicts. Nothing is
   * written over that before this has returned.
   */
  readonly onEarlier: (conflicts: string) => void;
}

const RETRY_LEAST_MS = 1_000;
const RETRY_MOST_MS = 30_000;

/** Name of the Lease that tells of a node's speaker. */
export function presenceName(node: string): string {
  return `lanlord-speaker-${node}`;
}

/**
 * Keeps this node's presence Lease as it should be: written at the start and on change, never to renew it.
 * The only writer of it. A server that is away is tried again with back-off; nothing waits for it.
 */
export class Presence {
  readonly #deps: PresenceDeps;
  readonly #namespace: string;
  readonly #node: string;
  #text: string | undefined;
  #conflicts: string | undefined;
  /** Whether it is known what an earlier run told. */
  #hasRead = false;
  #isRemoved = false;
  #owner: ObjectMeta | undefined;
  #changed = Promise.withResolvers<void>();
  #hasTried = false;

  constructor(deps: PresenceDeps, options: { readonly namespace: string; readonly node: string }) {
    this.#deps = deps;
    this.#namespace = options.namespace;
    this.#node = options.node;
  }

  /**
   * Whether the others had their chance to learn this node's MACs: before that, they would take what it
   * announces for a stranger's.
   */
  get hasTried(): boolean {
    return this.#hasTried;
  }

  /** What is to be told from now on. */
  set(text: string): void {
    if (text === this.#text) return;
    this.#text = text;
    this.#changed.resolve();
  }

  /** What is to be told of conflicts from now on, see `formatConflicts`; `undefined` is nothing. */
  setConflicts(text: string | undefined): void {
    if (text === this.#conflicts) return;
    this.#conflicts = text;
    this.#changed.resolve();
  }

  /** The Node that the Lease shall go with when it is deleted. */
  setOwner(node: ObjectMeta | undefined): void {
    if (node === undefined || node.uid === this.#owner?.uid) return;
    this.#owner = node;
    this.#changed.resolve();
  }

  /** Writes until the signal aborts; never throws. */
  async run(signal: AbortSignal): Promise<void> {
    const { clock, log, random } = this.#deps;
    let failures = 0;
    while (!signal.aborted) {
      if (failures === 0) await orAborted(this.#changed.promise, signal);
      if (signal.aborted) return;
      this.#changed = Promise.withResolvers();
      try {
        await this.#write(signal);
        this.#noteTried();
        failures = 0;
      } catch (error) {
        if (signal.aborted) return;
        failures++;
        log(failures === 1 ? "warn" : "debug", "presenceNotWritten", { error });
        this.#noteTried();
        const mostMs = Math.min(RETRY_MOST_MS, RETRY_LEAST_MS * 2 ** failures);
        await clock.sleep(mostMs * (0.5 + random() / 2), signal);
      }
    }
  }

  /** Takes the Lease away: the node has no speaker any more. */
  async remove(signal: AbortSignal): Promise<void> {
    this.#isRemoved = true;
    const name = presenceName(this.#node);
    const path = pathOf(LEASES, { namespace: this.#namespace, name });
    try {
      await this.#deps.kube.request({ method: "DELETE", path }, signal);
    } catch (error) {
      if (!isNotFound(error)) this.#deps.log("warn", "presenceNotRemoved", { error });
    }
  }

  #noteTried(): void {
    if (this.#hasTried || this.#text === undefined) return;
    this.#hasTried = true;
    this.#deps.onTried();
  }

  async #write(signal: AbortSignal): Promise<void> {
    if (this.#text === undefined || this.#isRemoved) return;
    const { kube } = this.#deps;
    const target = { namespace: this.#namespace, name: presenceName(this.#node) };
    const changes = this.#content();
    try {
      this.#read(await kube.request(mergePatch(LEASES, target, changes), signal));
    } catch (error) {
      if (!isNotFound(error)) throw error;
      await this.#create(target, changes, signal);
    }
  }

  /** Takes in what an earlier run told, from the answer to the first write. */
  #read(answer: Json): void {
    if (this.#hasRead) return;
    this.#hasRead = true;
    const conflicts = parseObject(LEASES, answer)?.meta.annotations[CONFLICTS_ANNOTATION];
    if (conflicts !== undefined) this.#deps.onEarlier(conflicts);
    // What was set meanwhile could not be written along.
    if (this.#conflicts !== conflicts) this.#changed.resolve();
  }

  async #create(
    target: { readonly namespace: string; readonly name: string },
    content: JsonObject & { readonly metadata: JsonObject },
    signal: AbortSignal,
  ): Promise<void> {
    const { namespace, name } = target;
    const { kube } = this.#deps;
    const { annotations: _, ...metadata } = content.metadata;
    const body = {
      apiVersion: LEASES.apiVersion,
      kind: LEASES.kind,
      ...content,
      metadata: { ...metadata, annotations: this.#annotations(), namespace, name },
    };
    try {
      const path = pathOf(LEASES, { namespace });
      this.#read(await kube.request({ method: "POST", path, body }, signal));
    } catch (error) {
      if (!isAlreadyExists(error)) throw error;
      this.#read(await kube.request(mergePatch(LEASES, target, content), signal));
    }
  }

  #annotations(): JsonObject {
    const conflicts = this.#hasRead ? this.#conflicts : undefined;
    return {
      ...this.#text === undefined ? {} : { [INTERFACES_ANNOTATION]: this.#text },
      ...conflicts === undefined ? {} : { [CONFLICTS_ANNOTATION]: conflicts },
    };
  }

  #content(): JsonObject & { readonly metadata: JsonObject } {
    return {
      metadata: {
        labels: { [PRESENCE_LABEL]: "speaker" },
        annotations: {
          ...this.#hasRead ? { [CONFLICTS_ANNOTATION]: null } : {},
          ...this.#annotations(),
        },
        ...ownedByNode(this.#owner),
      },
      spec: { holderIdentity: this.#node },
    };
  }
}

function orAborted(promise: Promise<void>, signal: AbortSignal): Promise<void> {
  const { promise: aborted, resolve } = Promise.withResolvers<void>();
  const finish = (): void => resolve();
  signal.addEventListener("abort", finish);
  if (signal.aborted) finish();
  return Promise.race([promise, aborted]).finally(() =>
    signal.removeEventListener("abort", finish)
  );
}
