import type { Json, JsonObject } from "../../../kube/types.ts";
import { nameColumn, textColumn } from "../column.ts";
import { defineKind } from "../define.ts";
import { at, isObject, listAt, objectAt, textAt, withAt } from "../json.ts";
import type { World } from "../kind.ts";
import type { FieldFault } from "../status.ts";
import { defaulted, flag, free, list, object, text } from "../schema/build.ts";
import { CONDITIONS, root } from "./meta.ts";

const NAMES = object("Names of the kind.", {
  kind: text("Of one object."),
  listKind: text("Of a list."),
  plural: text("In paths."),
  singular: text("For people."),
  shortNames: list("Shorter names for people.", text("A name.")),
  categories: list("Groups of kinds it belongs to.", text("A name.")),
}, ["kind", "plural"]);

const SPEC = object("The kind that it defines.", {
  group: text("Group of the kind."),
  names: NAMES,
  scope: text("Whether objects live in namespaces.", ["Namespaced", "Cluster"]),
  versions: list(
    "Versions of the kind.",
    object("A version.", {
      name: text("Of the version."),
      served: flag("Whether the API serves it."),
      storage: flag("Whether objects are stored in it."),
      deprecated: flag("Whether the server warns."),
      deprecationWarning: text("What the warning says."),
      schema: object("Its fields.", { openAPIV3Schema: free("OpenAPI v3.") }),
      subresources: free("status and scale."),
      additionalPrinterColumns: list("Columns.", free("A column.")),
      selectableFields: list("Fields to select by.", free("A field.")),
    }, ["name", "served", "storage"]),
  ),
  conversion: defaulted(free("Between versions."), { strategy: "None" }),
  preserveUnknownFields: flag("Must be false."),
}, ["group", "names", "scope", "versions"]);

/** `apiextensions.k8s.io/v1.CustomResourceDefinition`. */
export const CUSTOM_RESOURCE_DEFINITION = defineKind({
  group: "apiextensions.k8s.io",
  kind: "CustomResourceDefinition",
  plural: "customresourcedefinitions",
  shortNames: ["crd", "crds"],
  categories: ["api-extensions"],
  scope: "Cluster",
  subresources: ["status"],
  generation: "spec",
  schema: root("A kind that the server does not know by itself.", {
    spec: SPEC,
    status: object("Whether it is served.", {
      acceptedNames: NAMES,
      storedVersions: list("Versions that objects may be stored in.", text("A version.")),
      conditions: CONDITIONS,
      observedGeneration: { type: "integer", description: "Of the spec." },
    }),
  }, ["spec"]),
  prepare: prepareDefinition,
  check: checkDefinition,
  columns: [
    nameColumn,
    textColumn("Created At", (definition) => textAt(definition, "metadata", "creationTimestamp")),
  ],
});

/** Completes the names and says at once that the kind is served. */
function prepareDefinition(
  definition: JsonObject,
  before: JsonObject | undefined,
  world: World,
): JsonObject {
  const names = objectAt(definition, "spec", "names");
  const kind = textAt(names, "kind");
  const full = { singular: kind.toLowerCase(), listKind: `${kind}List`, ...names };
  const storage = listAt(definition, "spec", "versions")
    .find((version) => at(version, "storage") === true);
  const stored = new Set([
    ...listAt(before, "status", "storedVersions"),
    ...(storage === undefined ? [] : [textAt(storage, "name")]),
  ]);
  const status: JsonObject = {
    conditions: before === undefined
      ? [
        condition("NamesAccepted", "NoConflicts", "no conflicts found", world.now),
        condition("Established", "InitialNamesAccepted", ACCEPTED, world.now),
      ]
      : listAt(before, "status", "conditions"),
    acceptedNames: full,
    storedVersions: [...stored],
  };
  return { ...withAt(definition, ["spec", "names"], full), status };
}

const ACCEPTED = "the initial names have been accepted";

function condition(type: string, reason: string, message: string, now: string): Json {
  return { type, status: "True", lastTransitionTime: now, reason, message };
}

function checkDefinition(definition: JsonObject): readonly FieldFault[] {
  const wanted = `${textAt(definition, "spec", "names", "plural")}.${
    textAt(definition, "spec", "group")
  }`;
  const name = textAt(definition, "metadata", "name");
  const faults: FieldFault[] = [];
  if (name !== wanted) {
    const detail = 'must be spec.names.plural+"."+spec.group';
    faults.push({ reason: "FieldValueInvalid", field: "metadata.name", value: name, detail });
  }
  const versions = listAt(definition, "spec", "versions");
  if (versions.filter((version) => at(version, "storage") === true).length !== 1) {
    const detail = "must have exactly one version marked as storage version";
    faults.push({ reason: "FieldValueInvalid", field: "spec.versions", value: versions, detail });
  }
  versions.forEach((version, index) => {
    if (isObject(at(version, "schema", "openAPIV3Schema"))) return;
    const field = `spec.versions[${index}].schema.openAPIV3Schema`;
    faults.push({ reason: "FieldValueRequired", field, detail: "schemas are required" });
  });
  return faults;
}
