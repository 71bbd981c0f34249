import { signalInside } from "../lan/holder.ts";
import type { Machine } from "../lan/lan.ts";

/** A process of the demo, with its log. */
export interface Member {
  readonly name: string;
  /** File with everything that it writes. */
  readonly logFile: string;
  /** Ends it as a power cut does. */
  kill(): Promise<void>;
  /** Ends it as an administrator does: SIGTERM, and its own time. @throws Deno.errors.NotFound when it has ended */
  stop(): Promise<void>;
}

/** What a process is started with. */
export interface MemberOptions {
  /** Names it, and its log. */
  readonly name: string;
  readonly machine: Machine;
  readonly argv: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
}

/** The processes of the demo. One that ends by itself is a fault that the next step reports. */
export class Crew {
  readonly #folder: string;
  readonly #faults: { readonly member: string; readonly code: number }[] = [];
  readonly #members = new Map<string, Member>();

  /** @param folder where the logs go */
  constructor(folder: string) {
    this.#folder = folder;
  }

  /** Those that ended though nobody ended them. */
  get faults(): readonly { readonly member: string; readonly code: number }[] {
    return this.#faults;
  }

  /** Starts a process; a log of an earlier one of the same name is continued. */
  start({ name, machine, argv, env }: MemberOptions): Member {
    const logFile = `${this.#folder}/${name}.log`;
    const script = 'log=$1; shift; exec "$@" >> "$log" 2>&1';
    const quiet = { stdin: "null", stdout: "null", stderr: "null" } as const;
    const options = { ...quiet, ...(env && { env: { ...env } }) };
    const child = machine.command(["sh", "-c", script, "sh", logFile, ...argv], options).spawn();
    let isWanted = true;
    const ended = child.status.then(({ code }) => {
      if (isWanted) this.#faults.push({ member: name, code });
    });
    const kill = async (): Promise<void> => {
      isWanted = false;
      try {
        child.kill("SIGKILL");
      } catch {
        // It has ended a moment ago.
      }
      await ended;
    };
    const stop = async (): Promise<void> => {
      isWanted = false;
      await signalInside(child, "SIGTERM");
      await ended;
    };
    const member = { name, logFile, kill, stop };
    this.#members.set(name, member);
    return member;
  }

  /** @throws RangeError when there never was one of this name */
  member(name: string): Member {
    const member = this.#members.get(name);
    if (member === undefined) throw new RangeError(`Cannot find process "${name}" of the demo`);
    return member;
  }

  /** Ends the process of this name. */
  async kill(name: string): Promise<void> {
    await this.member(name).kill();
  }

  /** The last lines of a log. */
  async tail(name: string, lines = 15): Promise<readonly string[]> {
    const text = await Deno.readTextFile(this.member(name).logFile).catch(() => "");
    return text.trimEnd().split("\n").slice(-lines);
  }

  /** From now on no end is a fault: the LAN is being taken down. */
  async dismiss(): Promise<void> {
    await Promise.all([...this.#members.values()].map((member) => member.kill()));
  }
}
