import type { JsonObject } from "../../../kube/types.ts";
import { ageColumn, nameColumn, textColumn } from "../column.ts";
import { defineKind } from "../define.ts";
import { at, listAt, mapAt, textAt } from "../json.ts";
import {
  flag,
  free,
  intOrString,
  keyed,
  list,
  map,
  object,
  set,
  text,
  time,
} from "../schema/build.ts";
import { CONDITIONS, root } from "./meta.ts";

const SPEC = object("How the node is used.", {
  podCIDR: text("Prefix of its pods."),
  podCIDRs: set("Prefixes of its pods."),
  providerID: text("Its name at the provider."),
  unschedulable: flag("Whether new pods stay away."),
  taints: list(
    "What pods must tolerate.",
    object("A taint.", {
      key: text("Of the taint."),
      value: text("Of the taint."),
      effect: text("Of the taint.", ["NoSchedule", "PreferNoSchedule", "NoExecute"]),
      timeAdded: time("When it was added."),
    }, ["key", "effect"]),
  ),
  configSource: free("Not used any more."),
  externalID: text("Not used any more."),
});

const STATUS = {
  ...object("State of the node.", {
    addresses: keyed("Where it is reached.", "type", free("An address.")),
    conditions: CONDITIONS,
    capacity: map("What it has.", intOrString("A quantity.")),
    allocatable: map("What pods may use.", intOrString("A quantity.")),
    nodeInfo: free("Versions and identifiers."),
  }),
  "x-kubernetes-preserve-unknown-fields": true,
};

/** `v1.Node`. */
export const NODE = defineKind({
  kind: "Node",
  plural: "nodes",
  shortNames: ["no"],
  scope: "Cluster",
  subresources: ["status"],
  newStatus: "kept",
  selectable: ["spec.unschedulable"],
  schema: root("A machine that runs pods.", { spec: SPEC, status: STATUS }),
  columns: [
    nameColumn,
    textColumn("Status", statusText),
    textColumn("Roles", rolesText),
    ageColumn,
    textColumn("Version", (node) => textAt(node, "status", "nodeInfo", "kubeletVersion")),
    textColumn("Internal-IP", (node) => addressText(node, "InternalIP"), { wide: true }),
    textColumn("External-IP", (node) => addressText(node, "ExternalIP"), { wide: true }),
    infoColumn("OS-Image", "osImage"),
    textColumn("Kernel-Version", kernelText, { wide: true }),
    infoColumn("Container-Runtime", "containerRuntimeVersion"),
  ],
});

function infoColumn(name: string, field: string): ReturnType<typeof textColumn> {
  const cell = (node: JsonObject): string =>
    textAt(node, "status", "nodeInfo", field) || "<unknown>";
  return textColumn(name, cell, { wide: true });
}

/** `6.18.0 (amd64)` */
function kernelText(node: JsonObject): string {
  const version = textAt(node, "status", "nodeInfo", "kernelVersion") || "<unknown>";
  const architecture = textAt(node, "status", "nodeInfo", "architecture");
  return architecture === "" ? version : `${version} (${architecture})`;
}

function statusText(node: JsonObject): string {
  const ready = listAt(node, "status", "conditions").find((one) => textAt(one, "type") === "Ready");
  const state = ready === undefined
    ? "Unknown"
    : textAt(ready, "status") === "True"
    ? "Ready"
    : "NotReady";
  return at(node, "spec", "unschedulable") === true ? `${state},SchedulingDisabled` : state;
}

function rolesText(node: JsonObject): string {
  const prefix = "node-role.kubernetes.io/";
  const roles = Object.keys(mapAt(node, "metadata", "labels"))
    .filter((key) => key.startsWith(prefix)).map((key) => key.slice(prefix.length)).sort();
  return roles.length === 0 ? "<none>" : roles.join(",");
}

function addressText(node: JsonObject, type: string): string {
  const found = listAt(node, "status", "addresses").find((one) => textAt(one, "type") === type);
  return textAt(found, "address") || "<none>";
}
