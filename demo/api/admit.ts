import type { Json, JsonObject } from "../../kube/types.ts";
import { at, isEqual, isObject, listAt, numberAt, objectAt, textAt, withAt } from "./json.ts";
import type { Kind, World } from "./kind.ts";
import { metadataFaults } from "./names.ts";
import { applyDefaults } from "./schema/default.ts";
import { pruneObject } from "./schema/prune.ts";
import { validate } from "./schema/validate.ts";
import { badRequest, conflict, invalid } from "./status.ts";
import type { FieldFault } from "./status.ts";

/** What a transition of an object needs to know beside the object. */
export interface Admission {
  readonly kind: Kind;
  readonly world: World;
  /** What unknown fields do. */
  readonly fieldValidation: FieldValidation;
  /** Where warnings for the client go. */
  readonly warn: (message: string) => void;
}

/** The query parameter `fieldValidation`: what unknown fields do. */
export type FieldValidation = "Strict" | "Warn" | "Ignore";

/**
 * A new object as it is stored: server-set metadata, defaults, no unknown fields.
 *
 * @throws ApiError 400 or 422
 */
export function admitCreate(
  body: JsonObject,
  namespace: string,
  admission: Admission,
): JsonObject {
  const { kind, world } = admission;
  if (textAt(body, "metadata", "resourceVersion") !== "") {
    throw badRequest("resourceVersion should not be set on objects to be created");
  }
  const pruned = decode(body, admission);
  const given = objectAt(pruned, "metadata");
  const prefix = textAt(given, "generateName");
  const name = textAt(given, "name") || (prefix === "" ? "" : prefix + world.newSuffix());
  const metadata = {
    ...keptMetadata(given),
    name,
    ...(kind.scope === "Namespaced" ? { namespace } : {}),
    uid: world.newUid(),
    ...(kind.generation === "none" ? {} : { generation: 1 }),
    creationTimestamp: world.now,
  };
  const withMetadata = withNewStatus({ ...pruned, metadata }, kind);
  return finish(withMetadata, undefined, admission);
}

/**
 * The object after a write to its main resource: spec and metadata of the body, status as it was.
 *
 * @throws ApiError 400, 409 or 422
 */
export function admitUpdate(
  body: JsonObject,
  before: JsonObject,
  admission: Admission,
): JsonObject {
  const { kind } = admission;
  checkVersions(body, before, kind);
  const pruned = decode(body, admission);
  const next: JsonObject = {
    ...pruned,
    metadata: { ...keptMetadata(objectAt(pruned, "metadata")), ...serverMetadata(before) },
  };
  const keepsStatus = kind.subresources.includes("status");
  const finished = finish(
    keepsStatus ? withAt(next, ["status"], at(before, "status")) : next,
    before,
    admission,
  );
  return withGeneration(finished, before, kind);
}

/**
 * The object after a write to `/status`: status of the body, the rest as it was; for built-in kinds
 * the metadata of the body as well, as the API server has it.
 *
 * @throws ApiError 400, 409 or 422
 */
export function admitStatus(
  body: JsonObject,
  before: JsonObject,
  admission: Admission,
): JsonObject {
  const { kind } = admission;
  checkVersions(body, before, kind);
  const pruned = decode(body, admission);
  const metadata = kind.statusMetadata === "all"
    ? { ...keptMetadata(objectAt(pruned, "metadata")), ...serverMetadata(before) }
    : objectAt(before, "metadata");
  const status = at(pruned, "status");
  const next = kind.prepareStatus(withAt({ ...before, metadata }, ["status"], status));
  refuse(next, schemaFaults(next, kind), kind);
  return next;
}

/** Whether nothing but the revision could differ between two states of an object. */
export function isUnchanged(next: JsonObject, before: JsonObject): boolean {
  return isEqual(next, withAt(before, ["metadata", "resourceVersion"], undefined)) ||
    isEqual(next, before);
}

/** Drops unknown fields, and complains about them as asked. */
function decode(body: JsonObject, admission: Admission): JsonObject {
  const { kind, fieldValidation } = admission;
  const { value, unknown } = pruneObject(body, kind.schema);
  if (unknown.length > 0 && fieldValidation !== "Ignore") {
    const messages = unknown.map((path) => `unknown field "${path}"`);
    if (fieldValidation === "Warn") messages.forEach((message) => admission.warn(message));
    else throw cannotHandle(kind, `strict decoding error: ${messages.join(", ")}`);
  }
  const { apiVersion: _, kind: __, ...rest } = isObject(value) ? value : {};
  return withoutNulls(rest);
}

function withoutNulls(object: JsonObject): JsonObject {
  return Object.fromEntries(Object.entries(object).filter(([, value]) => value !== null));
}

function cannotHandle(kind: Kind, why: string): Error {
  const where = `${kind.kind} in version "${kind.version}"`;
  return badRequest(`${where} cannot be handled as a ${kind.kind}: ${why}`);
}

/** Defaults, what depends on other fields, and every check. */
function finish(
  object: JsonObject,
  before: JsonObject | undefined,
  admission: Admission,
): JsonObject {
  const { kind, world } = admission;
  const full = applyDefaults(object, kind.schema);
  const defaulted = isObject(full) ? full : object;
  const early = schemaFaults(defaulted, kind).filter(isTypeFault);
  refuse(defaulted, early, kind);
  const next = kind.prepare(defaulted, before, world);
  const faults = [...metadataFaults(next, kind), ...schemaFaults(next, kind)];
  refuse(next, [...faults, ...newFaults(kind.check(next, before, world), faults)], kind);
  return next;
}

function newFaults(
  more: readonly FieldFault[],
  known: readonly FieldFault[],
): readonly FieldFault[] {
  return more.filter((one) => !known.some((other) => other.field === one.field));
}

function isTypeFault(fault: FieldFault): boolean {
  return fault.reason === "FieldValueTypeInvalid";
}

function schemaFaults(object: JsonObject, kind: Kind): readonly FieldFault[] {
  const faults = validate(object, kind.schema);
  if (kind.origin === "custom") return faults;
  return faults.map((fault) => {
    const detail = fault.detail?.replace(`${fault.field} in body should be`, "must be");
    return detail === undefined ? fault : { ...fault, detail };
  });
}

function refuse(object: JsonObject, faults: readonly FieldFault[], kind: Kind): void {
  if (faults.length === 0) return;
  const wrongType = kind.origin === "built-in" ? faults.find(isTypeFault) : undefined;
  if (wrongType !== undefined) {
    const name = /type (\S+):/.exec(wrongType.detail ?? "")?.[1] ?? "";
    const wanted = GO_TYPES[name] ?? name;
    const found = wrongType.value === "integer" ? "number" : wrongType.value;
    const field = wrongType.field.replaceAll(/\[\d+\]/g, "");
    const why = `json: cannot unmarshal ${found} into Go struct field ` +
      `${kind.kind}.${field} of type ${wanted}`;
    throw cannotHandle(kind, why);
  }
  throw invalid(kind, textAt(object, "metadata", "name"), faults);
}

const GO_TYPES: Readonly<Record<string, string>> = { integer: "int32", boolean: "bool" };

const CLIENT_METADATA = [
  "name",
  "generateName",
  "labels",
  "annotations",
  "finalizers",
  "ownerReferences",
] as const;

/** The metadata that clients may write, without empty fields. */
function keptMetadata(given: JsonObject): JsonObject {
  const kept: Record<string, Json> = {};
  for (const field of CLIENT_METADATA) {
    const value = given[field];
    const isEmpty = value === undefined || value === null || value === "" ||
      (typeof value === "object" && Object.keys(value).length === 0);
    if (!isEmpty) kept[field] = value;
  }
  return kept;
}

const SERVER_METADATA = [
  "name",
  "namespace",
  "uid",
  "resourceVersion",
  "generation",
  "creationTimestamp",
  "deletionTimestamp",
  "deletionGracePeriodSeconds",
] as const;

function serverMetadata(before: JsonObject): JsonObject {
  const metadata = objectAt(before, "metadata");
  return Object.fromEntries(
    SERVER_METADATA.flatMap((field) => {
      const value = metadata[field];
      return value === undefined ? [] : [[field, value]];
    }),
  );
}

function withNewStatus(object: JsonObject, kind: Kind): JsonObject {
  if (kind.newStatus === "kept" || !kind.subresources.includes("status")) return object;
  return withAt(object, ["status"], kind.newStatus === "dropped" ? undefined : kind.newStatus);
}

/** Refuses a body that was made from another state or another object. */
function checkVersions(body: JsonObject, before: JsonObject, kind: Kind): void {
  const name = textAt(before, "metadata", "name");
  const uid = textAt(body, "metadata", "uid");
  const oldUid = textAt(before, "metadata", "uid");
  if (uid !== "" && uid !== oldUid) {
    const why = `Precondition failed: UID in precondition: ${uid}, UID in object meta: ${oldUid}`;
    throw conflict(kind, name, why);
  }
  const version = textAt(body, "metadata", "resourceVersion");
  if (version !== "" && version !== textAt(before, "metadata", "resourceVersion")) {
    throw conflict(kind, name);
  }
  if (textAt(before, "metadata", "deletionTimestamp") === "") return;
  const old = listAt(before, "metadata", "finalizers");
  const added = listAt(body, "metadata", "finalizers").filter((one) => !old.includes(one));
  if (added.length === 0) return;
  throw invalid(kind, name, [{
    reason: "FieldValueForbidden",
    field: "metadata.finalizers",
    detail: "no new finalizers can be added if the object is being deleted, found new finalizers " +
      `[]string{${added.map((one) => JSON.stringify(one)).join(", ")}}`,
  }]);
}

function withGeneration(next: JsonObject, before: JsonObject, kind: Kind): JsonObject {
  if (kind.generation === "none") return next;
  const counted = ({ metadata, status: _, ...spec }: JsonObject): JsonObject => ({
    ...spec,
    ...(kind.generation === "spec" ? {} : { metadata: objectAt(metadata, "annotations") }),
  });
  if (isEqual(counted(next), counted(before))) return next;
  const generation = (numberAt(before, "metadata", "generation") ?? 0) + 1;
  return withAt(next, ["metadata", "generation"], generation);
}
