/** What the probes of the manifest are answered while the API server is away. */
import { deepEqual, equal } from "node:assert/strict";
import { createApi } from "../demo/api/mod.ts";
import { anonymousCredentials, createClient, type Kube, KubeError } from "../kube/mod.ts";
import { VirtualClock } from "../kube/testing.ts";
import { systemClock } from "../ops/clock.ts";
import { createHealth } from "../ops/health.ts";
import { eventually } from "./eventually.ts";
import { runRole } from "./staged_role.ts";

/** As in `cli/role.ts`. */
const LIVENESS_MS = 30_000;

const OPTIONS = { namespace: "metallb-system" };

for (const role of ["leader", "speaker"] as const) {
  Deno.test(`a ${role} that begins while the API server is away is alive, and not ready`, async () => {
    const clock = new VirtualClock();
    const health = createHealth({ now: clock.now, livenessMs: LIVENESS_MS });
    const away: Kube = { request: () => Promise.reject(unreachable()), stream: refuse };
    const stop = new AbortController();
    const running = runRole(role, OPTIONS, { kube: away, clock, health }, stop.signal);
    const seen = new Set<string>();
    for (let i = 0; i < 15; i++) {
      await clock.advance(20_000);
      seen.add(`alive: ${health.isAlive()}, ready: ${health.isReady()}`);
    }
    deepEqual([...seen], ["alive: true, ready: false"]);
    stop.abort();
    await clock.advance(5_000);
    await running;
  });

  Deno.test(`a ${role} that was ready stays so while the API server is away`, async () => {
    const health = createHealth({ now: systemClock.now, livenessMs: LIVENESS_MS });
    const api = createApi();
    const cut = new AbortController();
    using client = createClient(anonymousCredentials("http://api"), { fetch: api.fetch });
    let refusals = 0;
    const kube: Kube = {
      request: (call, signal) => {
        if (!cut.signal.aborted) return client.request(call, signal);
        refusals++;
        return Promise.reject(unreachable());
      },
      stream: (call, signal) => {
        if (!cut.signal.aborted) return client.stream(call, AbortSignal.any([signal, cut.signal]));
        refusals++;
        return refuse();
      },
    };
    api.load([{ apiVersion: "v1", kind: "Node", metadata: { name: "n1" } }]);
    const stop = new AbortController();
    const running = runRole(role, OPTIONS, { kube, clock: systemClock, health }, stop.signal);
    await eventually("it is ready", 20, () => Promise.resolve(health.isReady() || undefined));
    cut.abort(unreachable());
    await eventually("it has noticed", 20, () => Promise.resolve(refusals > 5 || undefined));
    equal(health.isReady(), true);
    stop.abort();
    await running;
    api.stop();
  });
}

// deno-lint-ignore require-yield -- nobody is there to say anything
async function* refuse(): AsyncGenerator<never> {
  await Promise.reject(unreachable());
}

function unreachable(): KubeError {
  const facts = { verb: "GET", path: "/", status: 0, reason: "Unreachable", detail: "as told" };
  return new KubeError(facts);
}
