import { availableParallelism } from "node:os";
import type { Findings } from "./report.ts";
import { type SearchOptions, type SearchResult, seedsFor, summarize } from "./search.ts";

/** What a worker is told to run. */
export interface Order {
  readonly seed: number;
  readonly nodes: number | undefined;
}

export interface ParallelOptions extends SearchOptions {
  /** @default one for each core */
  readonly workers?: number;
  /** Called as runs end, in any order. */
  readonly onRun?: (seed: number, findings: Findings) => void;
}

/**
 * Runs generated scenarios on all cores. A run depends on its seed alone, and findings are put together in
 * order of seed: how many workers there are changes nothing but the time.
 */
export async function searchOnAllCores(
  { workers = availableParallelism(), onRun = () => {}, ...options }: ParallelOptions,
): Promise<SearchResult> {
  const orders = seedsFor(options).map((seed): Order => ({ seed, nodes: options.nodes }));
  const runs = new Map<number, Findings>();
  const next = orders.values();
  await Promise.all(Array.from({ length: workers }, async () => {
    using worker = new SimWorker();
    for (const order of next) {
      const findings = await worker.run(order);
      runs.set(order.seed, findings);
      onRun(order.seed, findings);
    }
  }));
  return summarize(runs);
}

/** One thread that runs one scenario at a time. */
class SimWorker implements Disposable {
  readonly #worker = new Worker(import.meta.resolve("./worker.ts"), { type: "module" });
  readonly #port: MessagePort;

  constructor() {
    const { port1, port2 } = new MessageChannel();
    this.#port = port1;
    this.#worker.postMessage("begin", [port2]);
  }

  run(order: Order): Promise<Findings> {
    const { promise, resolve, reject } = Promise.withResolvers<Findings>();
    this.#worker.onerror = ({ message }) =>
      reject(new Error(`Cannot run seed ${order.seed}: ${message}`));
    this.#port.onmessage = ({ data }: MessageEvent<Findings>) => resolve(data);
    this.#port.postMessage(order);
    return promise;
  }

  [Symbol.dispose](): void {
    this.#port.close();
    this.#worker.terminate();
  }
}
