import type { JsonObject } from "../../../kube/types.ts";
import { nameColumn, textColumn } from "../column.ts";
import { defineKind } from "../define.ts";
import { ageOf } from "../duration.ts";
import { at, numberAt, textAt } from "../json.ts";
import type { Column } from "../kind.ts";
import { free, integer, object, text, time } from "../schema/build.ts";
import { OBJECT_REFERENCE, root } from "./meta.ts";

const SOURCE = object("Who saw it.", { component: text("Program."), host: text("Machine.") });
const SERIES = free("How often it was seen lately.");

const COLUMNS: readonly Column[] = [
  textColumn("Last Seen", (event, now) => ageOf(lastSeen(event), now)),
  textColumn("Type", (event) => textAt(event, "type")),
  textColumn("Reason", (event) => textAt(event, "reason")),
  textColumn("Object", (event) => {
    const kind = textAt(event, "involvedObject", "kind").toLowerCase();
    return `${kind}/${textAt(event, "involvedObject", "name")}`;
  }),
  textColumn("Subobject", (event) => textAt(event, "involvedObject", "fieldPath"), { wide: true }),
  textColumn("Source", sourceText, { wide: true }),
  textColumn("Message", (event) => textAt(event, "message").trim()),
  textColumn("First Seen", (event, now) => ageOf(firstSeen(event), now), { wide: true }),
  textColumn("Count", (event) => numberAt(event, "series", "count") ?? countOf(event), {
    wide: true,
  }),
  { ...nameColumn, priority: 1 },
];

const FIELDS = {
  involvedObject: OBJECT_REFERENCE,
  reason: text("One word what happened."),
  message: text("A sentence what happened."),
  source: SOURCE,
  firstTimestamp: time("When it was seen first."),
  lastTimestamp: time("When it was seen last."),
  count: integer("How often it was seen."),
  type: text("Normal or Warning."),
  eventTime: time("When it was seen first, in microseconds."),
  series: SERIES,
  action: text("What was done about it."),
  related: OBJECT_REFERENCE,
  reportingComponent: text("Who tells it."),
  reportingInstance: text("Which instance tells it."),
};

/** `v1.Event`. */
export const EVENT = defineKind({
  kind: "Event",
  plural: "events",
  shortNames: ["ev"],
  selectable: [
    ...["kind", "namespace", "name", "uid", "apiVersion", "resourceVersion", "fieldPath"]
      .map((field) => `involvedObject.${field}`),
    "reason",
    "reportingComponent",
    "type",
  ],
  schema: root("Something that happened to an object.", FIELDS, ["involvedObject"]),
  columns: COLUMNS,
  prepare: (event) => ({
    eventTime: null,
    reportingComponent: "",
    reportingInstance: "",
    ...event,
  }),
  check: (event) =>
    namespaceOfAbout(event) === textAt(event, "metadata", "namespace") ? [] : [{
      reason: "FieldValueInvalid",
      field: "involvedObject.namespace",
      value: textAt(event, "involvedObject", "namespace"),
      detail: "does not match event.namespace",
    }],
});

/** Events about cluster-wide objects live in the namespace `default`. */
function namespaceOfAbout(event: JsonObject): string {
  return textAt(event, "involvedObject", "namespace") || "default";
}

/** `events.k8s.io/v1.Event`: the same objects under newer names. */
export const EVENT_V1 = defineKind({
  ...EVENT,
  group: "events.k8s.io",
  storage: EVENT.storage,
  schema: root("Something that happened to an object.", {
    ...FIELDS,
    regarding: OBJECT_REFERENCE,
    note: text("A sentence what happened."),
    reportingController: text("Who tells it."),
    deprecatedSource: SOURCE,
    deprecatedFirstTimestamp: time("When it was seen first."),
    deprecatedLastTimestamp: time("When it was seen last."),
    deprecatedCount: integer("How often it was seen."),
  }),
  read: (stored) => rename(stored, NAMES),
  write: (served) => {
    return rename(served, Object.fromEntries(Object.entries(NAMES).map(([a, b]) => [b, a])));
  },
});

const NAMES: Readonly<Record<string, string>> = {
  involvedObject: "regarding",
  message: "note",
  reportingComponent: "reportingController",
  source: "deprecatedSource",
  firstTimestamp: "deprecatedFirstTimestamp",
  lastTimestamp: "deprecatedLastTimestamp",
  count: "deprecatedCount",
};

function rename(
  object: JsonObject,
  names: Readonly<Record<string, string>>,
): JsonObject {
  const fields = Object.entries(object).map(([name, value]) => [names[name] ?? name, value]);
  return Object.fromEntries(fields);
}

function lastSeen(event: JsonObject): string {
  return textAt(event, "series", "lastObservedTime") || textAt(event, "lastTimestamp") ||
    firstSeen(event);
}

function firstSeen(event: JsonObject): string {
  return textAt(event, "firstTimestamp") || textAt(event, "eventTime") ||
    textAt(event, "metadata", "creationTimestamp");
}

function countOf(event: JsonObject): number {
  const count = at(event, "count");
  return typeof count === "number" ? count : 1;
}

function sourceText(event: JsonObject): string {
  const component = textAt(event, "source", "component") || textAt(event, "reportingComponent");
  const host = textAt(event, "source", "host");
  return host === "" ? component : `${component}, ${host}`;
}
