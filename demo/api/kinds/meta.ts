import { free, intOrString, list, map, object, text, time } from "../schema/build.ts";
import { keyed, set } from "../schema/build.ts";
import type { Schema } from "../schema/schema.ts";

/** `metadata` of every object. */
export const OBJECT_META: Schema = object("Standard object metadata.", {
  name: text("Unique within a namespace. Cannot be changed."),
  generateName: text("Prefix of a name that the server makes up where no name is given."),
  namespace: text("Where the name is unique. Cannot be changed."),
  labels: map("Keys and values to select objects by."),
  annotations: map("Keys and values for tools to keep with the object."),
  uid: text("Unique in time and space. Set by the server."),
  resourceVersion: text("Which version of the object this is. Set by the server."),
  generation: { type: "integer", format: "int64", description: "Counts changes of the spec." },
  creationTimestamp: time("When the object was made. Set by the server."),
  deletionTimestamp: time("When deletion was asked for. Set by the server."),
  deletionGracePeriodSeconds: { type: "integer", format: "int64", description: "Seconds." },
  finalizers: set(
    "What must be done before the object is removed; removal waits for an empty list.",
  ),
  ownerReferences: keyed("Objects this one depends on.", "uid", free("An owner.")),
  managedFields: list("Who manages which fields.", free("One entry.")),
  selfLink: text("Not used any more."),
});

/** A `metav1.Condition`, or the older condition types with further times. */
export const CONDITIONS: Schema = keyed(
  "Observations of the current state.",
  "type",
  object("One observation.", {
    type: text("What is observed."),
    status: text("True, False or Unknown."),
    reason: text("One word why."),
    message: text("A sentence why."),
    observedGeneration: { type: "integer", format: "int64", description: "Of the spec." },
    lastTransitionTime: time("When the status changed last."),
    lastUpdateTime: time("When the condition was written last."),
    lastProbeTime: time("When it was checked last."),
    lastHeartbeatTime: time("When the node wrote it last."),
  }),
);

/** A `metav1.LabelSelector`. */
export const LABEL_SELECTOR: Schema = object("Selects objects by their labels.", {
  matchLabels: map("All of these keys with these values."),
  matchExpressions: list(
    "All of these requirements.",
    object("A requirement.", {
      key: text("Of the label."),
      operator: text("Of the requirement.", ["In", "NotIn", "Exists", "DoesNotExist"]),
      values: list("For In and NotIn.", text("A value.")),
    }, ["key", "operator"]),
  ),
});

/** A `v1.ObjectReference`. */
export const OBJECT_REFERENCE: Schema = object("Points at an object.", {
  apiVersion: text("Of the object."),
  kind: text("Of the object."),
  namespace: text("Of the object."),
  name: text("Of the object."),
  uid: text("Of the object."),
  resourceVersion: text("Of the object."),
  fieldPath: text("The part of the object that is meant."),
});

/** A `maxSurge`, `maxUnavailable` or `targetPort`. */
export const INT_OR_STRING: Schema = intOrString("A number or a text.");

/** The whole of an object: the usual three fields and these. */
export function root(
  description: string,
  fields: Readonly<Record<string, Schema>>,
  required: readonly string[] = [],
): Schema {
  return object(description, {
    apiVersion: text("Version of the schema of this object, with its group."),
    kind: text("Kind of this object."),
    metadata: OBJECT_META,
    ...fields,
  }, required);
}
