// deno-lint-ignore-file no-console
/**
 * What one speaker reads from the API server of a large cluster, in objects and bytes of JSON: at its start, and while
 * the cluster lives. Beside it what watches of everything would read. Needs etcd and kube-apiserver
 * (`deno task assets`); five minutes.
 *
 *     deno run -A bench/watched.ts [nodes] [Services]        1000 20000
 *
 * One Service in 40 is of type LoadBalancer, one in ten of these has policy Local.
 */
import { startControlPlane } from "../demo/control_plane/start.ts";
import {
  ENDPOINT_SLICES,
  type Kube,
  LEASES,
  NODES,
  type Resource,
  SERVICES,
  startCache,
} from "../kube/mod.ts";
import { systemClock } from "../ops/clock.ts";
import { ApiView } from "../speaker/api_view.ts";
import { clientOf, NAMESPACE } from "./lab/api_objects.ts";
import { HAPPENINGS, LargeCluster } from "./watched/large_cluster.ts";
import { Meter, type Reading } from "./watched/meter.ts";

interface Reader {
  readonly meter: Meter;
  readonly isReady: () => boolean;
}

const QUIET = { clock: systemClock, random: Math.random, log: () => {} };

/** For what was written to have come over the watches. */
const REST_MS = 3_000;

function speaker(kube: Kube, signal: AbortSignal): Reader {
  const meter = new Meter(kube);
  const options = { namespace: NAMESPACE, configMapName: "config", lbClass: "" };
  const onChange = (): void => void view.snapshot();
  const metrics = { looked: () => {}, failed: () => {}, configuration: () => {} };
  const view: ApiView = new ApiView(options, { ...QUIET, kube: meter, onChange, metrics }, signal);
  return { meter, isReady: () => view.snapshot() !== undefined };
}

function everything(kube: Kube, signal: AbortSignal): Reader {
  const meter = new Meter(kube);
  const start = <T>(resource: Resource<T>): { readonly isSynced: boolean } =>
    startCache(meter, resource, {}, { ...QUIET, onChange: () => {} }, signal);
  const caches = [start(SERVICES), start(ENDPOINT_SLICES), start(NODES), start(LEASES)];
  return { meter, isReady: () => caches.every(({ isSynced }) => isSynced) };
}

async function measure(
  open: (kube: Kube, signal: AbortSignal) => Reader,
  cluster: LargeCluster,
  kubeconfig: string,
): Promise<ReadonlyMap<string, Reading>> {
  using kube = await clientOf(kubeconfig);
  const stop = new AbortController();
  const { meter, isReady } = open(kube, stop.signal);
  while (!isReady()) await pause(50);
  await pause(REST_MS);
  const readings = new Map([["at the start", meter.take()]]);
  for (const { what, times, happen } of HAPPENINGS) {
    await cluster.each(times, happen);
    await pause(REST_MS);
    readings.set(`${times} ${what}`, meter.take());
  }
  stop.abort();
  return readings;
}

function pause(ms: number): Promise<void> {
  return systemClock.sleep(ms, new AbortController().signal);
}

function say({ objects, bytes }: Reading | undefined = { objects: 0, bytes: 0 }): string {
  return `${objects} objects, ${(bytes / 1e6).toFixed(2)} MB`.padStart(28);
}

if (import.meta.main) {
  const [nodes = 1_000, services = 20_000] = Deno.args.map(Number);
  await using plane = await startControlPlane();
  using kube = await clientOf(plane.kubeconfig);
  const cluster = new LargeCluster(kube, { nodes, services });
  await cluster.create();
  const needed = await measure(speaker, cluster, plane.kubeconfig);
  const all = await measure(everything, cluster, plane.kubeconfig);
  console.log(
    `${nodes} nodes, ${services} Services`.padEnd(44) + "a speaker".padStart(28) +
      "everything".padStart(28),
  );
  for (const [what, reading] of needed) {
    console.log(what.padEnd(44) + say(reading) + say(all.get(what)));
  }
}
