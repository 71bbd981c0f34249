import { isObject, objectAt } from "../kube/json.ts";
import type { Json, Kube, KubeCall } from "../kube/mod.ts";
import type { Clock } from "../ops/clock.ts";

/** How a connection is slow. */
export interface Slowness {
  readonly clock: Clock;
  /** How long the next call, or the next answer, takes on its way. */
  readonly callMs: () => number;
  /** How long the next line of a stream takes; those behind it wait. */
  readonly lineMs: () => number;
}

/**
 * A client to whose server everything takes its time: calls on the way there, answers on the way back, and
 * each line of a stream. Lines stay in order. What was sent is carried out, though the caller may not wait.
 */
export function slowKube(kube: Kube, { clock, callMs, lineMs }: Slowness): Kube {
  const send = async (call: KubeCall): Promise<Json> => {
    await clock.sleep(callMs(), NEVER);
    try {
      return await kube.request(call, NEVER);
    } finally {
      await clock.sleep(callMs(), NEVER);
    }
  };
  return {
    request: (call, signal) => {
      signal.throwIfAborted();
      const { promise, reject } = Promise.withResolvers<never>();
      signal.addEventListener("abort", () => reject(signal.reason), { once: true });
      return Promise.race([send(call), promise]);
    },
    stream: async function* (call, signal): AsyncGenerator<Json> {
      for await (const line of kube.stream(call, signal)) {
        await clock.sleep(lineMs(), signal);
        signal.throwIfAborted();
        yield line;
      }
    },
  };
}

const NEVER = new AbortController().signal;

/** A client that finds one Lease under another name: who has it leads beside those who have the real one. */
export function withLeaseNamed(kube: Kube, from: string, to: string): Kube {
  const renamed = (call: KubeCall): KubeCall => {
    const path = call.path.replace(new RegExp(`/leases/${from}$`), `/leases/${to}`);
    const isCreated = call.method === "POST" && call.path.endsWith("/leases");
    if (!isCreated || !isObject(call.body)) return { ...call, path };
    const metadata = { ...objectAt(call.body, "metadata"), name: to };
    return { ...call, body: { ...call.body, metadata } };
  };
  return {
    request: (call, signal) => kube.request(renamed(call), signal),
    stream: (call, signal) => kube.stream(call, signal),
  };
}
