import type { Node } from "../../kube/types.ts";

/** Taints of a node that is to run nothing more. */
const LEAVING_TAINTS: ReadonlySet<string> = new Set([
  // What the node controller makes of a cordon.
  "node.kubernetes.io/unschedulable",
  "node.kubernetes.io/out-of-service",
  "node.cloudprovider.kubernetes.io/shutdown",
  // Cluster autoscaler and Karpenter, before they take the machine away.
  "ToBeDeletedByClusterAutoscaler",
  "karpenter.sh/disrupted",
]);

/** Whether a node is cordoned, as `kubectl drain` begins, or about to be taken away. */
export function isLeaving(node: Node): boolean {
  return node.unschedulable || node.meta.deletionTimestamp !== undefined ||
    node.taints.some((key) => LEAVING_TAINTS.has(key));
}
