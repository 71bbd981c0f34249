import type { Json, JsonObject } from "../../../kube/types.ts";
import { ageColumn, nameColumn, textColumn } from "../column.ts";
import { defineKind } from "../define.ts";
import { at, listAt, numberAt, textAt, withAt } from "../json.ts";
import { root } from "./meta.ts";
import { podFaults, withPullPolicies } from "./pod_rules.ts";
import { POD_SPEC, POD_STATUS } from "./pod_spec.ts";
import { ageOf } from "../duration.ts";

/** `v1.Pod`. Deletion removes it at once: there is no kubelet to wait for. */
export const POD = defineKind({
  kind: "Pod",
  plural: "pods",
  shortNames: ["po"],
  categories: ["all"],
  subresources: ["status"],
  generation: "spec",
  newStatus: { phase: "Pending", qosClass: "BestEffort" },
  selectable: [
    "spec.nodeName",
    "spec.restartPolicy",
    "spec.schedulerName",
    "spec.serviceAccountName",
    "spec.hostNetwork",
    "status.phase",
    "status.podIP",
    "status.nominatedNodeName",
  ],
  schema: root("A group of containers on one node.", { spec: POD_SPEC, status: POD_STATUS }, [
    "spec",
  ]),
  prepare: (pod) => {
    const account = textAt(pod, "spec", "serviceAccountName") || "default";
    const withPolicies = withPullPolicies(pod, ["spec"]);
    return withAt(withPolicies, ["spec", "serviceAccountName"], account);
  },
  check: (pod) => podFaults(at(pod, "spec"), "spec"),
  columns: [
    nameColumn,
    textColumn("Ready", readyText),
    textColumn("Status", statusText),
    textColumn("Restarts", restartsText),
    ageColumn,
    textColumn("IP", (pod) => textAt(pod, "status", "podIP") || "<none>", { wide: true }),
    textColumn("Node", (pod) => textAt(pod, "spec", "nodeName") || "<none>", { wide: true }),
    textColumn(
      "Nominated Node",
      (pod) => textAt(pod, "status", "nominatedNodeName") || "<none>",
      { wide: true },
    ),
    textColumn("Readiness Gates", () => "<none>", { wide: true }),
  ],
});

function readyText(pod: JsonObject): string {
  const states = listAt(pod, "status", "containerStatuses");
  const ready = states.filter((state) => at(state, "ready") === true).length;
  return `${ready}/${listAt(pod, "spec", "containers").length}`;
}

function statusText(pod: JsonObject): string {
  if (textAt(pod, "metadata", "deletionTimestamp") !== "") return "Terminating";
  const reason = listAt(pod, "status", "containerStatuses").map(troubleOf)
    .find((found) => found !== "");
  return reason ?? (textAt(pod, "status", "reason") || textAt(pod, "status", "phase"));
}

function troubleOf(state: Json): string {
  return textAt(state, "state", "waiting", "reason") ||
    textAt(state, "state", "terminated", "reason");
}

function restartsText(pod: JsonObject, now: number): string {
  const states = listAt(pod, "status", "containerStatuses");
  const count = states.reduce<number>((sum, one) => sum + (numberAt(one, "restartCount") ?? 0), 0);
  const last = states.map((one) => textAt(one, "lastState", "terminated", "finishedAt")).sort()
    .at(-1);
  return last ? `${count} (${ageOf(last, now)} ago)` : String(count);
}
