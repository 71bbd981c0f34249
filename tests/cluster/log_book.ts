import type { Cluster } from "./cluster.ts";
import { NAMESPACE } from "./operator.ts";

/** What a pod of Lanlord said, as it stands in its log. */
export interface LogLine {
  /** `pod/<name>`. */
  readonly pod: string;
  readonly text: string;
}

/** A kubectl that prints logs, and what takes them in. */
interface Reading {
  readonly child: Deno.ChildProcess;
  readonly read: Promise<void>;
}

/** Follows the logs of all pods of Lanlord, from their first line to their last, through every rollout. */
export class LogBook {
  readonly #cluster: Cluster;
  readonly #lines = new Map<string, LogLine>();
  readonly #followers: Reading[] = [];

  constructor(cluster: Cluster) {
    this.#cluster = cluster;
  }

  /** Takes the pods that are there now, and stays with them until they end. */
  follow(): void {
    this.#followers.push(this.#start("--follow"));
  }

  /** Stops following, and forgets. @returns every line since the last time, each once, as they came */
  async close(): Promise<readonly LogLine[]> {
    // A follower that has just begun may have read nothing yet.
    await ended(this.#start());
    for (const { child, read } of this.#followers.splice(0)) {
      try {
        child.kill("SIGTERM");
      } catch (error) {
        // Its pods ended, and it with them.
        if (!(error instanceof TypeError)) throw error;
      }
      await ended({ child, read });
    }
    const lines = [...this.#lines.values()];
    this.#lines.clear();
    return lines;
  }

  #start(...how: readonly string[]): Reading {
    const selection = ["-l", "app=lanlord", "--tail=-1", "--max-log-requests=50"];
    const format = ["--prefix", "--timestamps", "--ignore-errors", ...how];
    const argv = ["-n", NAMESPACE, "logs", ...selection, ...format];
    const child = this.#cluster.kubectlCommand(argv).spawn();
    return { child, read: this.#read(child.stdout) };
  }

  async #read(stream: ReadableStream<Uint8Array<ArrayBuffer>>): Promise<void> {
    let rest = "";
    for await (const chunk of stream.pipeThrough(new TextDecoderStream())) {
      const lines = (rest + chunk).split("\n");
      rest = lines.pop() ?? "";
      lines.forEach((line) => this.#take(line));
    }
  }

  /**
   * `[pod/lanlord-speaker-x7k2p/speaker] 2026-01-01T00:00:00.000000000Z {"ts":…}`; a second reading of it is the same, and
   * what has no time is kubectl's.
   */
  #take(line: string): void {
    const [, pod, text] = /^\[(pod\/[^/]+)\/\S+\] \d{4}-\S+Z (.*)$/.exec(line) ?? [];
    if (pod !== undefined && text !== undefined) this.#lines.set(line, { pod, text });
  }
}

async function ended({ child, read }: Reading): Promise<void> {
  await Promise.all([child.status, read]);
}
