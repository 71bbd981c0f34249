import type { Cluster } from "./cluster.ts";
import type { RunningWatch } from "./watch.ts";

/** Something that shall happen to requests, so that tests can see how clients cope. */
export interface Fault {
  /** Only requests with this method. @default every method */
  readonly method?: string;
  /** Only requests whose path matches. @default every path */
  readonly path?: RegExp;
  /** How many requests it happens to. @default 1 */
  readonly times?: number;
  /** Waits this long before anything else. @default 0 */
  readonly delayMs?: number;
  /**
   * Answers with this HTTP status instead of doing anything. 0: no answer at all, as from a server
   * that is not there. @default the request is handled
   */
  readonly status?: number;
  /** Header `Retry-After`, seconds. */
  readonly retryAfterSeconds?: number;
}

/** Forces what a real API server does on bad days. */
export class Faults {
  readonly #cluster: Cluster;
  readonly #watches: ReadonlySet<RunningWatch>;
  readonly #faults: { readonly fault: Fault; left: number }[] = [];

  constructor(cluster: Cluster, watches: ReadonlySet<RunningWatch>) {
    this.#cluster = cluster;
    this.#watches = watches;
  }

  /** Applies to the next matching requests, after the faults that were added before; the result ends it. */
  add(fault: Fault): () => void {
    const entry = { fault, left: fault.times ?? 1 };
    this.#faults.push(entry);
    return () => void (entry.left = 0);
  }

  /** The fault of a request, which is used up by this. */
  take(method: string, path: string): Fault | undefined {
    const entry = this.#faults.find(({ fault, left }) =>
      left > 0 && (fault.method ?? method) === method && (fault.path?.test(path) ?? true)
    );
    if (entry === undefined) return undefined;
    entry.left--;
    if (entry.left <= 0) this.#faults.splice(this.#faults.indexOf(entry), 1);
    return entry.fault;
  }

  /** Ends running watches, as a server does that restarts. @returns how many */
  dropWatches(path: RegExp = /./): number {
    const chosen = [...this.#watches].filter((watch) => path.test(watch.path));
    chosen.forEach((watch) => watch.end());
    return chosen.length;
  }

  /** Forgets history: watches and pages from an earlier revision get 410. */
  compact(): void {
    this.#cluster.store.compact();
  }

  /** Sends a bookmark to every watch that allows them. */
  bookmark(): void {
    for (const watch of this.#watches) watch.bookmark();
  }
}
