import { type CacheDeps, type Kube, LEASES, pathOf, startCache } from "../../kube/mod.ts";
import { createBell } from "../../ops/bell.ts";
import type { Clock } from "../../ops/clock.ts";
import type { Log } from "../../ops/log.ts";
import { applyWrite } from "./apply.ts";
import { planForwards } from "./forwarding.ts";
import { openForwarder } from "./forwarder.ts";
import { BACKEND_SLICES, FORWARDED_SERVICES, LAN_NODES, type Pod, PODS } from "./objects.ts";
import { nodeObject, nodeStatus, podStatus } from "./node_status.ts";
import { nextPodAddress, podRoutes } from "./pod_network.ts";
import { type RunningPod, startPod } from "./pods.ts";

/** The node that a process of the demo stands in for. */
export interface NodeOptions {
  readonly nodeName: string;
  readonly address: string;
  readonly podCidr: string;
}

/** What the node's stand-in works with. */
export interface NodeDeps {
  readonly kube: Kube;
  readonly clock: Clock;
  readonly random: () => number;
  readonly log: Log;
}

const RENEW_MS = 1_000;

/**
 * Stands in for kubelet and kube-proxy on one node, inside the node's network namespace, until the signal aborts:
 * registers the Node, renews its Lease, runs its pods, routes to the other nodes' pods, forwards Services.
 */
export async function runNode(
  options: NodeOptions,
  deps: NodeDeps,
  signal: AbortSignal,
): Promise<void> {
  await register(options, deps, signal);
  await Promise.all([renewForEver(options, deps, signal), follow(options, deps, signal)]);
}

async function register(
  options: NodeOptions,
  { kube, clock }: NodeDeps,
  signal: AbortSignal,
): Promise<void> {
  const { nodeName: name, podCidr } = options;
  const at = { of: LAN_NODES, namespace: "", name };
  await applyWrite(kube, { kind: "create", ...at, body: nodeObject(name, podCidr) }, signal);
  const body = nodeStatus(options, clock.nowWall());
  await applyWrite(kube, { kind: "patch", ...at, subresource: "status", body }, signal);
}

/** A write that fails is made again at the next turn: the controllers notice the silence. */
async function renewForEver(
  { nodeName: name }: NodeOptions,
  { kube, clock, log }: NodeDeps,
  signal: AbortSignal,
): Promise<void> {
  const at = { of: LEASES, namespace: "kube-node-lease", name };
  let kind: "create" | "patch" = "create";
  while (!signal.aborted) {
    // `metav1.MicroTime` has six digits.
    const renewTime = new Date(clock.nowWall()).toISOString().replace("Z", "000Z");
    const body = { spec: { holderIdentity: name, leaseDurationSeconds: 3, renewTime } };
    const turn = AbortSignal.any([signal, AbortSignal.timeout(2 * RENEW_MS)]);
    try {
      await applyWrite(kube, { kind, ...at, body }, turn);
      kind = "patch";
    } catch (error) {
      if (!signal.aborted) log("warn", "leaseNotRenewed", { error });
    }
    await clock.sleep(RENEW_MS, signal);
  }
}

async function follow(options: NodeOptions, deps: NodeDeps, signal: AbortSignal): Promise<void> {
  const { nodeName } = options;
  const bell = createBell(deps.clock);
  const cacheDeps: CacheDeps = { ...deps, onChange: bell.ring };
  const pods = startCache(deps.kube, PODS, {}, cacheDeps, signal);
  const services = startCache(deps.kube, FORWARDED_SERVICES, {}, cacheDeps, signal);
  const slices = startCache(deps.kube, BACKEND_SLICES, {}, cacheDeps, signal);
  const nodes = startCache(deps.kube, LAN_NODES, {}, cacheDeps, signal);
  const caches = [pods, services, slices, nodes];
  await using forwarder = await openForwarder(options.address, deps.log);
  const running = new Map<string, RunningPod>();
  while (!signal.aborted) {
    await bell.wait(5_000, signal);
    if (signal.aborted || !caches.every((cache) => cache.isSynced)) continue;
    try {
      await runPods([...pods.objects.values()], running, options, deps, signal);
      await forwarder.route(podRoutes([...nodes.objects.values()], nodeName));
      const all = [...services.objects.values()];
      await forwarder.apply(planForwards(all, [...slices.objects.values()], nodeName));
    } catch (error) {
      if (!signal.aborted) deps.log("warn", "nodeNotInStep", { error });
    }
  }
  await Promise.all([...running.values()].map((pod) => pod[Symbol.asyncDispose]()));
  await Promise.all(caches.map((cache) => cache.ended));
}

async function runPods(
  pods: readonly Pod[],
  running: Map<string, RunningPod>,
  options: NodeOptions,
  { kube, clock, log }: NodeDeps,
  signal: AbortSignal,
): Promise<void> {
  const own = pods.filter((pod) => pod.nodeName === options.nodeName);
  const wanted = own.filter((pod) => pod.meta.deletionTimestamp === undefined);
  for (const [uid, pod] of running) {
    if (wanted.some(({ meta }) => meta.uid === uid)) continue;
    running.delete(uid);
    await pod[Symbol.asyncDispose]();
    log("info", "podStopped", { pod: pod.pod.meta.name });
  }
  for (const { meta: { namespace, name, uid, deletionTimestamp } } of own) {
    if (deletionTimestamp === undefined) continue;
    await applyWrite(
      kube,
      { kind: "delete", of: PODS, namespace, name, uid, graceSeconds: 0 },
      signal,
    );
  }
  for (const pod of wanted) {
    if (running.has(pod.meta.uid)) continue;
    const taken = [...running.values()].map(({ address }) => address);
    const address = pod.hostNetwork ? options.address : nextPodAddress(options.podCidr, taken);
    if (address === undefined) continue;
    const started = await startPod(pod, address);
    running.set(pod.meta.uid, started);
    log("info", "podStarted", { pod: pod.meta.name, address });
    const { namespace, name } = pod.meta;
    const body = podStatus(pod, address, options.address, clock.nowWall());
    const path = pathOf(PODS, { namespace, name, subresource: "status" });
    const contentType = "application/merge-patch+json";
    await kube.request({ method: "PATCH", path, body, contentType }, signal);
  }
}
