import type { Lease } from "../../kube/types.ts";
import { LAN_NODES, type LanNode, type Pod, PODS } from "./objects.ts";
import type { Write } from "./write.ts";

/** What the plan of nodes looks at. */
export interface NodesView {
  readonly nodes: readonly LanNode[];
  /** Those of namespace `kube-node-lease`, which the nodes renew. */
  readonly leases: readonly Lease[];
  readonly pods: readonly Pod[];
}

/**
 * How long a silent node counts as ready, and how long after that its pods are made anew elsewhere.
 * Kubernetes takes 40 s (or 50 s) and 300 s: this is quicker, so that people need not wait.
 */
export interface NodePatience {
  readonly notReadyAfterMs: number;
  readonly evictAfterMs: number;
}

/** Seconds instead of Kubernetes' minutes. */
export const DEMO_PATIENCE: NodePatience = { notReadyAfterMs: 3_000, evictAfterMs: 6_000 };

/** What is to be done about nodes that fell silent, or speak again. `nowWall`: ms since 1970. */
export function planNodes(
  view: NodesView,
  nowWall: number,
  patience: NodePatience = DEMO_PATIENCE,
): readonly Write[] {
  return view.nodes.flatMap((node) => {
    const lease = view.leases.find(({ meta }) => meta.name === node.meta.name);
    const isFresh = nowWall - Date.parse(lease?.renewTime ?? "") < patience.notReadyAfterMs;
    if (isFresh !== node.isReady) return [readiness(node, isFresh, nowWall)];
    const silentMs = nowWall - Date.parse(node.readySince);
    return isFresh || !(silentMs > patience.evictAfterMs) ? [] : evict(node, view.pods);
  });
}

function readiness(node: LanNode, isReady: boolean, nowWall: number): Write {
  const condition = {
    type: "Ready",
    status: isReady ? "True" : "Unknown",
    reason: isReady ? "KubeletReady" : "NodeStatusUnknown",
    message: isReady ? "the node renews its Lease" : "the node has stopped renewing its Lease",
    lastHeartbeatTime: rfc3339(nowWall),
    lastTransitionTime: rfc3339(nowWall),
  };
  const body = { status: { conditions: [condition] } };
  return {
    kind: "patch",
    of: LAN_NODES,
    namespace: "",
    name: node.meta.name,
    subresource: "status",
    body,
  };
}

function evict(node: LanNode, pods: readonly Pod[]): readonly Write[] {
  return pods
    .filter((pod) => pod.nodeName === node.meta.name && pod.ownerUid !== undefined)
    .map(({ meta: { namespace, name, uid } }) => {
      return { kind: "delete", of: PODS, namespace, name, uid, graceSeconds: 0 };
    });
}

/** Seconds, as `metav1.Time` has them. */
function rfc3339(ms: number): string {
  return new Date(ms).toISOString().replace(/\.[0-9]+Z$/, "Z");
}
