// deno-lint-ignore-file no-console
/**
 * How quickly Services get addresses.
 *
 *     deno run -A bench/assign.ts               the decision alone, 1,000 and 10,000 Services
 *     deno run -A bench/assign.ts --api [N]     also a leader on a real API server, N Services [1000]
 */
import { Registry } from "prom-client";
import { decide, runController } from "../controller/mod.ts";
import { configOf, serviceOf, settleAll, testPool } from "../controller/testing.ts";
import {
  createClient,
  type Kube,
  loadCredentials,
  pathOf,
  type Service,
  SERVICES,
} from "../kube/mod.ts";
import { isObject, objectAt, objectsAt, stringAt } from "../kube/json.ts";
import { systemClock } from "../ops/clock.ts";
import { startControlPlane } from "../demo/control_plane/start.ts";

const NAMESPACE = "metallb-system";
const NOW = "2026-01-01T00:00:00Z";

function benchDecision(count: number, pool: string): void {
  const config = configOf(testPool("default", [pool]));
  const family = pool.includes(":") ? "IPv6" : "IPv4";
  const pending = Array.from(
    { length: count },
    (_, i) => serviceOf({ name: `s${i}`, age: i, ipFamilies: [family] }),
  );
  const settled = settleAll(config, pending).services;
  const one = serviceOf({ name: "one", age: count, ipFamilies: [family] });
  const time = (services: readonly Service[]): string => {
    const runs = Array.from({ length: 5 }, () => {
      const start = performance.now();
      decide({ config, services, lbClass: undefined, now: NOW });
      return performance.now() - start;
    });
    return `${Math.min(...runs).toFixed(1)} ms`;
  };
  console.log(
    `${count} Services, pool ${pool}: from empty ${time(pending)}, ` +
      `one more ${time([...settled, one])}`,
  );
}

async function benchApi(count: number): Promise<void> {
  await using plane = await startControlPlane();
  const credentials = await loadCredentials({ kubeconfig: plane.kubeconfig, env: () => undefined });
  using kube = createClient(credentials);
  const { signal } = new AbortController();
  const post = async (plural: string, namespace: string, body: Body): Promise<void> => {
    const path = pathOf({ apiVersion: "v1", plural }, { namespace });
    await kube.request({ method: "POST", path, body }, signal);
  };
  await post("namespaces", "", { metadata: { name: NAMESPACE } });
  await post("configmaps", NAMESPACE, {
    metadata: { name: "config" },
    data: { config: "address-pools: [{name: p, protocol: layer2, addresses: [10.128.0.0/16]}]" },
  });
  const create = (i: number): Promise<void> =>
    post("services", "default", {
      metadata: { name: `s${i}` },
      spec: { type: "LoadBalancer", ports: [{ port: 80 }], allocateLoadBalancerNodePorts: false },
    });
  for (let i = 0; i < count; i += 32) {
    const chunk = Array.from({ length: Math.min(32, count - i) }, (_, k) => create(i + k));
    await Promise.all(chunk);
  }
  const first = await leadUntil(credentials, kube, count);
  const rate = count / (first.seconds - first.firstPatchSeconds);
  console.log(
    `${count} Services on a real API server: ${rate.toFixed(0)} per s, ` +
      `first write ${first.firstPatchSeconds.toFixed(2)} s after the start, ` +
      `all ${first.seconds.toFixed(2)} s`,
  );
  await create(count);
  const again = await leadUntil(credentials, kube, count + 1);
  console.log(
    `restarted leader: next assignment after ${again.seconds.toFixed(2)} s, ` +
      `${again.patches} write`,
  );
}

type Body = Parameters<Kube["request"]>[0]["body"] & object;

interface Lead {
  /** From the start of the leader. */
  readonly firstPatchSeconds: number;
  /** From the start of the leader until every Service has an address. */
  readonly seconds: number;
  readonly patches: number;
}

/** Runs a leader until so many Services have an address in the API. */
async function leadUntil(
  credentials: Awaited<ReturnType<typeof loadCredentials>>,
  watcher: Kube,
  count: number,
): Promise<Lead> {
  using kube = createClient(credentials);
  const stop = new AbortController();
  const start = performance.now();
  let firstPatchSeconds = 0;
  let seconds = 0;
  let patches = 0;
  let missing = count - await countAssigned(watcher);
  const idle = Promise.withResolvers<void>();
  const counting: Kube = {
    request: async (call, signal) => {
      const isPatch = call.path.endsWith("/status");
      if (isPatch && patches++ === 0) firstPatchSeconds = (performance.now() - start) / 1000;
      const answer = await kube.request(call, signal);
      if (isPatch) seconds = (performance.now() - start) / 1000;
      if (isPatch && --missing === 0) idle.resolve();
      return answer;
    },
    stream: (call, signal) => kube.stream(call, signal),
  };
  const running = runController(
    { namespace: NAMESPACE, configMapName: "config", lbClass: "", identity: crypto.randomUUID() },
    {
      kube: counting,
      clock: systemClock,
      random: Math.random,
      log: () => {},
      registry: new Registry(),
      health: { ready: () => {}, beat: () => {} },
    },
    stop.signal,
  );
  // An answer may get lost, so that the count alone would wait for ever.
  while (missing > 0) {
    await Promise.race([idle.promise, systemClock.sleep(5_000, stop.signal)]);
    missing = missing > 0 ? count - await countAssigned(watcher) : 0;
  }
  stop.abort();
  await running;
  const assigned = await countAssigned(watcher);
  if (assigned !== count) throw new Error(`Wanted ${count} addresses, found ${assigned}`);
  return { firstPatchSeconds, seconds, patches };
}

/** How many distinct addresses Services have. */
async function countAssigned(kube: Kube): Promise<number> {
  const path = pathOf(SERVICES, { namespace: "default" });
  const list = await kube.request({ method: "GET", path }, new AbortController().signal);
  const items = isObject(list) ? objectsAt(list, "items") : [];
  return new Set(
    items.flatMap((item) =>
      objectsAt(objectAt(objectAt(item, "status"), "loadBalancer"), "ingress")
        .map((ingress) => stringAt(ingress, "ip"))
    ),
  ).size;
}

if (import.meta.main) {
  for (const count of [1_000, 10_000]) {
    benchDecision(count, "10.0.0.0/16");
    benchDecision(count, "fd00::/64");
  }
  const [flag, count = "1000"] = Deno.args;
  if (flag === "--api") await benchApi(Number(count));
}
