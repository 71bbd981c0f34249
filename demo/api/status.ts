import type { Json, JsonObject } from "../../kube/types.ts";

/** A fault of one field, as `field.Error` of the API machinery. */
export interface FieldFault {
  readonly reason: FaultReason;
  /** `spec.ports[0].port` */
  readonly field: string;
  readonly value?: Json;
  readonly detail?: string;
}

/** Why a field is refused, as `causes[].reason` of a Status says it. */
export type FaultReason =
  | "FieldValueRequired"
  | "FieldValueInvalid"
  | "FieldValueTypeInvalid"
  | "FieldValueNotSupported"
  | "FieldValueDuplicate"
  | "FieldValueForbidden"
  | "FieldValueTooLong"
  | "FieldValueTooMany";

/** A refusal of the API server: the HTTP status and the `Status` object that says why. */
export class ApiError extends Error {
  override readonly name = "ApiError";
  readonly code: number;
  readonly status: JsonObject;

  /** @param why for logs and tests, where the client is told less */
  constructor(
    code: number,
    reason: string,
    message: string,
    details?: JsonObject,
    why: string = message,
  ) {
    super(why);
    this.code = code;
    this.status = {
      kind: "Status",
      apiVersion: "v1",
      metadata: {},
      status: "Failure",
      message,
      reason,
      ...(details === undefined ? {} : { details }),
      code,
    };
  }
}

/** What a refusal is about. */
export interface Subject {
  readonly group: string;
  readonly plural: string;
  readonly kind: string;
}

/** `services`, `deployments.apps`. */
export function resourceName(subject: Pick<Subject, "group" | "plural">): string {
  return subject.group === "" ? subject.plural : `${subject.plural}.${subject.group}`;
}

/** 404 for one object. */
export function notFound(subject: Subject, name: string): ApiError {
  return new ApiError(404, "NotFound", `${resourceName(subject)} "${name}" not found`, {
    name,
    ...groupOf(subject.group),
    kind: subject.plural,
  });
}

/** 404 for a path that nothing serves. */
export function noSuchPath(): ApiError {
  return new ApiError(404, "NotFound", "the server could not find the requested resource");
}

/** 409 for a name that is taken. */
export function alreadyExists(subject: Subject, name: string): ApiError {
  return new ApiError(409, "AlreadyExists", `${resourceName(subject)} "${name}" already exists`, {
    name,
    ...groupOf(subject.group),
    kind: subject.plural,
  });
}

/** 409 for a write that was made from an old copy. */
export function conflict(subject: Subject, name: string, why = MODIFIED): ApiError {
  const message = `Operation cannot be fulfilled on ${resourceName(subject)} "${name}": ${why}`;
  return new ApiError(409, "Conflict", message, {
    name,
    ...groupOf(subject.group),
    kind: subject.plural,
  });
}

const MODIFIED =
  "the object has been modified; please apply your changes to the latest version and try again";

/** 400. */
export function badRequest(message: string): ApiError {
  return new ApiError(400, "BadRequest", message);
}

/** 410 for a watch or a page that starts before what is still remembered. */
export function expired(message: string): ApiError {
  return new ApiError(410, "Expired", message);
}

/** 403 for an object that the server will not make. */
export function forbidden(subject: Subject, name: string, why: string): ApiError {
  const message = `${resourceName(subject)} "${name}" is forbidden: ${why}`;
  return new ApiError(403, "Forbidden", message, {
    name,
    ...groupOf(subject.group),
    kind: subject.plural,
  });
}

/** 422 with every faulty field. */
export function invalid(subject: Subject, name: string, faults: readonly FieldFault[]): ApiError {
  const texts = faults.map((fault) => `${fault.field}: ${faultText(fault)}`);
  const list = texts.length === 1 ? texts[0] : `[${texts.join(", ")}]`;
  const kind = subject.group === "" ? subject.kind : `${subject.kind}.${subject.group}`;
  return new ApiError(422, "Invalid", `${kind} "${name}" is invalid: ${list}`, {
    name,
    ...groupOf(subject.group),
    kind: subject.kind,
    causes: faults.map((fault) => ({
      reason: fault.reason,
      message: faultText(fault),
      field: fault.field,
    })),
  });
}

/** The text of a fault without its field: `Invalid value: 0: must be greater than 0`. */
export function faultText(fault: FieldFault): string {
  const detail = fault.detail === undefined ? "" : `: ${fault.detail}`;
  switch (fault.reason) {
    case "FieldValueRequired":
      return `Required value${detail}`;
    case "FieldValueForbidden":
      return `Forbidden${detail}`;
    case "FieldValueDuplicate":
      return `Duplicate value: ${JSON.stringify(fault.value)}${detail}`;
    case "FieldValueNotSupported":
      return `Unsupported value: ${JSON.stringify(fault.value)}${detail}`;
    case "FieldValueTooLong":
      return `Too long${detail}`;
    case "FieldValueTooMany":
      return `Too many: ${JSON.stringify(fault.value)}${detail}`;
    case "FieldValueInvalid":
    case "FieldValueTypeInvalid":
      return `Invalid value: ${JSON.stringify(fault.value ?? null)}${detail}`;
    default:
      return fault.reason satisfies never;
  }
}

function groupOf(group: string): JsonObject {
  return group === "" ? {} : { group };
}
