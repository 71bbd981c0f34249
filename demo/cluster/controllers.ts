import { type Cache, type CacheDeps, type Kube, LEASES, startCache } from "../../kube/mod.ts";
import type { Resource } from "../../kube/resource.ts";
import { createBell } from "../../ops/bell.ts";
import type { Clock } from "../../ops/clock.ts";
import type { Log } from "../../ops/log.ts";
import { applyWrite } from "./apply.ts";
import { planNodes } from "./nodes.ts";
import {
  BACKEND_SLICES,
  DEPLOYMENTS,
  FORWARDED_SERVICES,
  LAN_NODES,
  PODS,
  REPLICA_SETS,
} from "./objects.ts";
import { planSlices } from "./slices.ts";
import { planWorkloads } from "./workloads.ts";
import type { Write } from "./write.ts";

/** What the stand-ins for Kubernetes' controllers work with. */
export interface ControllersDeps {
  readonly kube: Kube;
  readonly clock: Clock;
  readonly random: () => number;
  readonly log: Log;
}

/** How often to look when nothing has changed: nodes fall silent without an event. */
const LOOK_MS = 500;

/**
 * Stands in for kube-controller-manager and kube-scheduler until the signal aborts: Deployments get
 * ReplicaSets, those get pods, pods get nodes, Services get EndpointSlices, silent nodes stop being ready.
 */
export async function runControllers(deps: ControllersDeps, signal: AbortSignal): Promise<void> {
  const bell = createBell(deps.clock);
  const cacheDeps: CacheDeps = { ...deps, onChange: bell.ring };
  const start = <T>(resource: Resource<T>, namespace?: string): ReturnType<typeof startCache<T>> =>
    startCache(
      deps.kube,
      resource,
      namespace === undefined ? {} : { namespace },
      cacheDeps,
      signal,
    );
  const caches = {
    deployments: start(DEPLOYMENTS),
    replicaSets: start(REPLICA_SETS),
    pods: start(PODS),
    services: start(FORWARDED_SERVICES),
    slices: start(BACKEND_SLICES),
    nodes: start(LAN_NODES),
    leases: start(LEASES, "kube-node-lease"),
  };
  const all = Object.values(caches);
  while (!signal.aborted) {
    await bell.wait(LOOK_MS, signal);
    if (signal.aborted || !all.every((cache) => cache.isSynced)) continue;
    const deployments = valuesOf(caches.deployments);
    const replicaSets = valuesOf(caches.replicaSets);
    const pods = valuesOf(caches.pods);
    const services = valuesOf(caches.services);
    const slices = valuesOf(caches.slices);
    const nodes = valuesOf(caches.nodes);
    const leases = valuesOf(caches.leases);
    await applyAll(deps, [
      ...planNodes({ nodes, leases, pods }, deps.clock.nowWall()),
      ...planWorkloads({ deployments, replicaSets, pods, nodes }),
      ...planSlices({ services, slices, pods, nodes }),
    ], signal);
  }
  await Promise.all(all.map((cache) => cache.ended));
}

/** In order; what fails is logged, and planned again at the next look. */
async function applyAll(
  { kube, log }: ControllersDeps,
  writes: readonly Write[],
  signal: AbortSignal,
): Promise<void> {
  for (const write of writes) {
    if (signal.aborted) return;
    const { kind, namespace, name } = write;
    try {
      await applyWrite(kube, write, signal);
      log("debug", "written", { kind, namespace, name });
    } catch (error) {
      if (!signal.aborted) log("warn", "writeFailed", { kind, namespace, name, error });
    }
  }
}

function valuesOf<T>(cache: Cache<T>): readonly T[] {
  return [...cache.objects.values()];
}
