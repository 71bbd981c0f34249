import type { JsonObject } from "../../kube/types.ts";
import { objectAt, recordAt } from "../../kube/json.ts";
import {
  type Deployment,
  DEPLOYMENTS,
  type LanNode,
  type Pod,
  PODS,
  REPLICA_SETS,
  type ReplicaSet,
} from "./objects.ts";
import { leastLoaded } from "./spread.ts";
import { ownedBy, shortName, type Write } from "./write.ts";

/** What the plan of workloads looks at. */
export interface Workloads {
  readonly deployments: readonly Deployment[];
  readonly replicaSets: readonly ReplicaSet[];
  readonly pods: readonly Pod[];
  readonly nodes: readonly LanNode[];
}

/**
 * What is to be done so that every Deployment has its one ReplicaSet, and every ReplicaSet its pods.
 * A changed template replaces the ReplicaSet and with it all pods at once (strategy Recreate, whatever is asked for).
 * Names are derived, so that a plan made from an old view does no harm.
 */
export function planWorkloads(world: Workloads): readonly Write[] {
  return [
    ...world.deployments.filter(isAlive).flatMap((deployment) => planDeployment(deployment, world)),
    ...collectReplicaSets(world),
    ...world.replicaSets.filter(isAlive).flatMap((replicaSet) => planReplicaSet(replicaSet, world)),
    ...collectPods(world),
    ...bindPods(world),
  ];
}

function planDeployment(deployment: Deployment, world: Workloads): readonly Write[] {
  const { namespace, name } = deployment.meta;
  const hash = shortName(JSON.stringify(deployment.template), 9);
  const own = world.replicaSets.filter((set) => set.ownerUid === deployment.meta.uid);
  const current = own.find((set) => set.meta.name === `${name}-${hash}`);
  const writes: Write[] = own.filter((set) => set !== current && isAlive(set)).map(deleteSet);
  if (current === undefined) {
    writes.push(createReplicaSet(deployment, hash));
  } else if (current.replicas !== deployment.replicas) {
    const at = { namespace, name: current.meta.name };
    writes.push({
      kind: "patch",
      of: REPLICA_SETS,
      ...at,
      body: { spec: { replicas: deployment.replicas } },
    });
  }
  const pods = world.pods.filter((pod) => pod.ownerUid === current?.meta.uid && isAlive(pod));
  const ready = pods.filter((pod) => pod.isReady).length;
  const status = {
    observedGeneration: deployment.generation,
    replicas: pods.length,
    updatedReplicas: pods.length,
    readyReplicas: ready,
    availableReplicas: ready,
    unavailableReplicas: Math.max(0, deployment.replicas - ready),
  };
  if (differs(deployment.status, status)) {
    const isAvailable = ready >= deployment.replicas;
    const conditions = [
      { type: "Available", status: isAvailable ? "True" : "False", reason: "MinimumReplicas" },
      { type: "Progressing", status: "True", reason: "NewReplicaSetAvailable" },
    ];
    writes.push(statusPatch(DEPLOYMENTS, deployment, { ...status, conditions }));
  }
  return writes;
}

function createReplicaSet(deployment: Deployment, hash: string): Write {
  const { template, matchLabels, replicas, meta } = deployment;
  const metadata = objectAt(template, "metadata");
  const labels = { ...recordAt(metadata, "labels"), "pod-template-hash": hash };
  return {
    kind: "create",
    of: REPLICA_SETS,
    namespace: meta.namespace,
    name: `${meta.name}-${hash}`,
    body: {
      metadata: { labels, ownerReferences: [ownedBy(DEPLOYMENTS, meta)] },
      spec: {
        replicas,
        selector: { matchLabels: { ...matchLabels, "pod-template-hash": hash } },
        template: { ...template, metadata: { ...metadata, labels } },
      },
    },
  };
}

function planReplicaSet(set: ReplicaSet, world: Workloads): readonly Write[] {
  const own = world.pods.filter((pod) => pod.ownerUid === set.meta.uid);
  const alive = own.filter(isAlive);
  // Those that do not serve go first, then the last by name.
  const order = alive.toSorted((a, b) =>
    Number(b.isReady) - Number(a.isReady) || (a.meta.name < b.meta.name ? -1 : 1)
  );
  const writes: Write[] = order.slice(set.replicas).map((pod) => deletePod(pod));
  const taken = new Set(world.pods.map((pod) => `${pod.meta.namespace}/${pod.meta.name}`));
  const planned: { nodeName: string | undefined; ownerUid: string }[] = [];
  for (let i = 0; planned.length < set.replicas - alive.length; i++) {
    const name = `${set.meta.name}-${shortName(`${set.meta.uid}#${i}`, 5)}`;
    if (taken.has(`${set.meta.namespace}/${name}`)) continue;
    const nodeName = leastLoaded(world.nodes, [...world.pods, ...planned], set.meta.uid);
    planned.push({ nodeName, ownerUid: set.meta.uid });
    writes.push(createPod(set, name, nodeName));
  }
  const ready = alive.filter((pod) => pod.isReady).length;
  const status = {
    observedGeneration: set.generation,
    replicas: alive.length,
    fullyLabeledReplicas: alive.length,
    readyReplicas: ready,
    availableReplicas: ready,
  };
  if (differs(set.status, status)) writes.push(statusPatch(REPLICA_SETS, set, status));
  return writes;
}

function createPod(set: ReplicaSet, name: string, nodeName: string | undefined): Write {
  const { labels, annotations } = objectAt(set.template, "metadata");
  const spec = objectAt(set.template, "spec");
  return {
    kind: "create",
    of: PODS,
    namespace: set.meta.namespace,
    name,
    body: {
      metadata: {
        labels: labels ?? {},
        annotations: annotations ?? {},
        ownerReferences: [ownedBy(REPLICA_SETS, set.meta)],
      },
      spec: nodeName === undefined ? spec : { ...spec, nodeName },
    },
  };
}

/** ReplicaSets whose Deployment is gone. */
function collectReplicaSets(world: Workloads): readonly Write[] {
  const deployments = new Set(world.deployments.map(({ meta }) => meta.uid));
  return world.replicaSets
    .filter((set) => isAlive(set) && set.ownerUid !== undefined && !deployments.has(set.ownerUid))
    .map(deleteSet);
}

/** Pods whose ReplicaSet is gone. */
function collectPods(world: Workloads): readonly Write[] {
  const sets = new Set(world.replicaSets.map(({ meta }) => meta.uid));
  return world.pods
    .filter((pod) => isAlive(pod) && pod.ownerUid !== undefined && !sets.has(pod.ownerUid))
    .map((pod) => deletePod(pod));
}

/** Pods that are on no node yet, be it that a person made them or that no node was ready. */
function bindPods(world: Workloads): readonly Write[] {
  return world.pods.filter((pod) => isAlive(pod) && pod.nodeName === undefined).flatMap((pod) => {
    const nodeName = leastLoaded(world.nodes, world.pods, pod.ownerUid);
    if (nodeName === undefined) return [];
    const { namespace, name } = pod.meta;
    return [{ kind: "bind", namespace, name, nodeName }];
  });
}

function deleteSet({ meta }: ReplicaSet): Write {
  const { namespace, name, uid } = meta;
  return { kind: "delete", of: REPLICA_SETS, namespace, name, uid };
}

function deletePod({ meta }: Pod): Write {
  const { namespace, name, uid } = meta;
  return { kind: "delete", of: PODS, namespace, name, uid };
}

function statusPatch(
  of: typeof DEPLOYMENTS | typeof REPLICA_SETS,
  { meta }: Deployment | ReplicaSet,
  status: JsonObject,
): Write {
  const { namespace, name } = meta;
  return { kind: "patch", of, namespace, name, subresource: "status", body: { status } };
}

/** The API leaves out counts of zero. */
function differs(status: JsonObject, wanted: Readonly<Record<string, number>>): boolean {
  return Object.entries(wanted).some(([name, count]) => (status[name] ?? 0) !== count);
}

function isAlive(
  { meta }: { readonly meta: { readonly deletionTimestamp: string | undefined } },
): boolean {
  return meta.deletionTimestamp === undefined;
}
