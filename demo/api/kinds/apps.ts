import type { Json, JsonObject } from "../../../kube/types.ts";
import { ageColumn, labelsText, nameColumn, textColumn } from "../column.ts";
import { defineKind } from "../define.ts";
import { at, isEqual, listAt, mapAt, numberAt, objectAt, textAt, withAt } from "../json.ts";
import type { Column } from "../kind.ts";
import { defaulted, flag, integer, object, text } from "../schema/build.ts";
import type { FieldFault } from "../status.ts";
import { CONDITIONS, INT_OR_STRING, LABEL_SELECTOR, root } from "./meta.ts";
import { podFaults, withPullPolicies } from "./pod_rules.ts";
import { POD_TEMPLATE } from "./pod_spec.ts";

const FREE = { "x-kubernetes-preserve-unknown-fields": true } as const;

const COUNT = integer("Number of pods.");

const ROLLING_UPDATE = object("How old pods are replaced by new ones.", {
  maxSurge: INT_OR_STRING,
  maxUnavailable: INT_OR_STRING,
});

const DEPLOYMENT_SPEC = object("The pods that are wanted.", {
  replicas: defaulted(integer("Number of wanted pods.", 0), 1),
  selector: LABEL_SELECTOR,
  template: POD_TEMPLATE,
  strategy: defaulted(
    object("How a change is rolled out.", {
      type: defaulted(text("Of the strategy.", ["RollingUpdate", "Recreate"]), "RollingUpdate"),
      rollingUpdate: ROLLING_UPDATE,
    }),
    {},
  ),
  minReadySeconds: integer("Seconds until a ready pod counts as available.", 0),
  revisionHistoryLimit: defaulted(integer("Number of old ReplicaSets to keep.", 0), 10),
  progressDeadlineSeconds: defaulted(integer("Seconds until a roll-out counts as stuck."), 600),
  paused: flag("Whether changes wait."),
}, ["selector", "template"]);

const DEPLOYMENT_STATUS = object("The pods that there are.", {
  observedGeneration: { type: "integer", format: "int64", description: "Of the spec." },
  replicas: COUNT,
  updatedReplicas: COUNT,
  readyReplicas: COUNT,
  availableReplicas: COUNT,
  unavailableReplicas: COUNT,
  terminatingReplicas: COUNT,
  collisionCount: COUNT,
  conditions: CONDITIONS,
});

const containerColumns: readonly Column[] = [
  textColumn("Containers", (object) => containerTexts(object, "name"), { wide: true }),
  textColumn("Images", (object) => containerTexts(object, "image"), { wide: true }),
  textColumn("Selector", selectorText, { wide: true }),
];

/** `apps/v1.Deployment`. */
export const DEPLOYMENT = defineKind({
  group: "apps",
  kind: "Deployment",
  plural: "deployments",
  shortNames: ["deploy"],
  categories: ["all"],
  subresources: ["status", "scale"],
  generation: "spec and annotations",
  newStatus: {},
  schema: root("Pods in a wanted number, changed step by step.", {
    spec: DEPLOYMENT_SPEC,
    status: DEPLOYMENT_STATUS,
  }, ["spec"]),
  prepare: (deployment) =>
    defaultRollout(deployment, "strategy", { maxSurge: "25%", maxUnavailable: "25%" }),
  check: checkWorkload,
  columns: [
    nameColumn,
    textColumn("Ready", (object) => {
      const ready = numberAt(object, "status", "readyReplicas") ?? 0;
      return `${ready}/${numberAt(object, "spec", "replicas") ?? 0}`;
    }),
    countColumn("Up-to-date", "status", "updatedReplicas"),
    countColumn("Available", "status", "availableReplicas"),
    ageColumn,
    ...containerColumns,
  ],
});

/** `apps/v1.ReplicaSet`. */
export const REPLICA_SET = defineKind({
  group: "apps",
  kind: "ReplicaSet",
  plural: "replicasets",
  shortNames: ["rs"],
  categories: ["all"],
  subresources: ["status", "scale"],
  generation: "spec",
  newStatus: { replicas: 0 },
  selectable: ["status.replicas"],
  schema: root("Pods in a wanted number.", {
    spec: object("The pods that are wanted.", {
      replicas: defaulted(integer("Number of wanted pods.", 0), 1),
      selector: LABEL_SELECTOR,
      template: POD_TEMPLATE,
      minReadySeconds: integer("Seconds until a ready pod counts as available."),
    }, ["selector"]),
    status: object("The pods that there are.", {
      observedGeneration: { type: "integer", format: "int64", description: "Of the spec." },
      replicas: COUNT,
      readyReplicas: COUNT,
      availableReplicas: COUNT,
      fullyLabeledReplicas: COUNT,
      terminatingReplicas: COUNT,
      conditions: CONDITIONS,
    }),
  }, ["spec"]),
  prepare: (replicaSet) => withPullPolicies(replicaSet, ["spec", "template", "spec"]),
  check: checkWorkload,
  columns: [
    nameColumn,
    countColumn("Desired", "spec", "replicas"),
    countColumn("Current", "status", "replicas"),
    countColumn("Ready", "status", "readyReplicas"),
    ageColumn,
    ...containerColumns,
  ],
});

/** `apps/v1.DaemonSet`: stored, and served as it is. */
export const DAEMON_SET = defineKind({
  group: "apps",
  kind: "DaemonSet",
  plural: "daemonsets",
  shortNames: ["ds"],
  categories: ["all"],
  subresources: ["status"],
  generation: "spec",
  newStatus: {
    currentNumberScheduled: 0,
    desiredNumberScheduled: 0,
    numberMisscheduled: 0,
    numberReady: 0,
  },
  schema: root("A pod on every node.", {
    spec: object("The pods that are wanted.", {
      selector: LABEL_SELECTOR,
      template: POD_TEMPLATE,
      updateStrategy: defaulted(
        object("How a change is rolled out.", {
          type: defaulted(text("Of the strategy.", ["RollingUpdate", "OnDelete"]), "RollingUpdate"),
          rollingUpdate: ROLLING_UPDATE,
        }),
        {},
      ),
      minReadySeconds: integer("Seconds until a ready pod counts as available."),
      revisionHistoryLimit: defaulted(integer("Number of old revisions to keep."), 10),
    }, ["selector", "template"]),
    status: { ...object("The pods that there are.", { conditions: CONDITIONS }), ...FREE },
  }, ["spec"]),
  prepare: (daemonSet) =>
    defaultRollout(daemonSet, "updateStrategy", { maxSurge: 0, maxUnavailable: 1 }),
  check: checkWorkload,
  columns: [
    nameColumn,
    countColumn("Desired", "status", "desiredNumberScheduled"),
    countColumn("Current", "status", "currentNumberScheduled"),
    countColumn("Ready", "status", "numberReady"),
    countColumn("Up-to-date", "status", "updatedNumberScheduled"),
    countColumn("Available", "status", "numberAvailable"),
    textColumn("Node Selector", (object) => {
      return labelsText(mapAt(object, "spec", "template", "spec", "nodeSelector"));
    }),
    ageColumn,
    ...containerColumns,
  ],
});

/** A rolling update says how many pods at a time; another strategy says nothing. */
function defaultRollout(
  workload: JsonObject,
  field: "strategy" | "updateStrategy",
  defaults: JsonObject,
): JsonObject {
  const object = withPullPolicies(workload, ["spec", "template", "spec"]);
  if (textAt(object, "spec", field, "type") !== "RollingUpdate") return object;
  const given = objectAt(object, "spec", field, "rollingUpdate");
  return withAt(object, ["spec", field, "rollingUpdate"], { ...defaults, ...given });
}

function countColumn(name: string, ...path: readonly string[]): Column {
  return textColumn(name, (object) => numberAt(object, ...path) ?? 0, { type: "integer" });
}

function containerTexts(object: JsonObject, field: string): string {
  return listAt(object, "spec", "template", "spec", "containers")
    .map((container) => textAt(container, field)).join(",");
}

function selectorText(object: JsonObject): string {
  const labels = labelsText(mapAt(object, "spec", "selector", "matchLabels"));
  const rules = listAt(object, "spec", "selector", "matchExpressions").map(expressionText);
  return [...(labels === "<none>" && rules.length > 0 ? [] : [labels]), ...rules].join(",");
}

function expressionText(rule: Json): string {
  const key = textAt(rule, "key");
  const values = listAt(rule, "values").join(",");
  switch (textAt(rule, "operator")) {
    case "Exists":
      return key;
    case "DoesNotExist":
      return `!${key}`;
    case "NotIn":
      return `${key} notin (${values})`;
    default:
      return `${key} in (${values})`;
  }
}

/** The selector must choose the pods of the template, and must not change. */
function checkWorkload(next: JsonObject, before: JsonObject | undefined): readonly FieldFault[] {
  const faults: FieldFault[] = [];
  const selector = at(next, "spec", "selector");
  const labels = mapAt(next, "spec", "template", "metadata", "labels");
  const wanted = Object.entries(mapAt(selector, "matchLabels"));
  if (at(next, "spec", "template") !== undefined) {
    if (selector === undefined || wanted.some(([key, value]) => labels[key] !== value)) {
      faults.push({
        reason: "FieldValueInvalid",
        field: "spec.template.metadata.labels",
        value: labels,
        detail: "`selector` does not match template `labels`",
      });
    }
    faults.push(...podFaults(at(next, "spec", "template", "spec"), "spec.template.spec"));
  }
  if (before !== undefined && !isEqual(selector, at(before, "spec", "selector"))) {
    faults.push({
      reason: "FieldValueInvalid",
      field: "spec.selector",
      value: objectAt(next, "spec", "selector"),
      detail: "field is immutable",
    });
  }
  return faults;
}
