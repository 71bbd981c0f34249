import { isObject, numberAt, objectAt, stringAt } from "./json.ts";
import type { Json } from "./types.ts";

/** The facts of a call that failed. */
export interface KubeFailure {
  /** The HTTP method. */
  readonly verb: string;
  readonly path: string;
  /** HTTP status, or 0 when no complete answer came. */
  readonly status: number;
  /** `reason` of the server's Status (`Conflict`, `Expired` …), or `Unreachable`, `Timeout`, `BrokenStream`. */
  readonly reason: string;
  /** For people; may quote the server. */
  readonly detail: string;
  /** Seconds the server asked to wait for, from `Retry-After` or the Status. */
  readonly retryAfterSeconds?: number | undefined;
}

/** A call that the API server refused, or did not answer. Never contains credentials. */
export class KubeError extends Error {
  override readonly name = "KubeError";
  readonly verb: string;
  readonly path: string;
  /** HTTP status, or 0 when no complete answer came. */
  readonly status: number;
  readonly reason: string;
  /** For people; may quote the server. */
  readonly detail: string;
  readonly retryAfterSeconds?: number | undefined;

  constructor(failure: KubeFailure, options?: ErrorOptions) {
    const status = failure.status === 0 ? "" : ` ${failure.status}`;
    super(
      `Cannot ${failure.verb} "${failure.path}":${status} ${failure.reason}: ${failure.detail}`,
      options,
    );
    this.verb = failure.verb;
    this.path = failure.path;
    this.status = failure.status;
    this.reason = failure.reason;
    this.detail = failure.detail;
    this.retryAfterSeconds = failure.retryAfterSeconds;
  }
}

/** What is known of an answer with an error status. */
export interface ErrorAnswer {
  readonly verb: string;
  readonly path: string;
  readonly status: number;
  /** The `Retry-After` header, as sent. */
  readonly retryAfter: string | null;
  /** Decoded body; a Status object when the API server itself answered. */
  readonly body: Json | undefined;
}

/** The error that an answer with an error status stands for, from its Status object where there is one. */
export function errorOfAnswer(answer: ErrorAnswer): KubeError {
  const body = isObject(answer.body) ? answer.body : {};
  const header = /^[0-9]{1,6}$/.exec(answer.retryAfter?.trim() ?? "")?.[0];
  return new KubeError({
    verb: answer.verb,
    path: answer.path,
    status: answer.status,
    reason: stringAt(body, "reason") || REASONS.get(answer.status) || "Unknown",
    detail: stringAt(body, "message") || "no explanation given",
    retryAfterSeconds: header === undefined
      ? numberAt(objectAt(body, "details"), "retryAfterSeconds")
      : Number(header),
  });
}

/** 409 because the object has changed since it was read: read it again. */
export function isConflict(error: unknown): boolean {
  return has(error, 409) && !isAlreadyExists(error);
}

/** 409 because an object of that name exists. */
export function isAlreadyExists(error: unknown): boolean {
  return has(error, 409) && error instanceof KubeError && error.reason === "AlreadyExists";
}

/** 410: the resource version, or the list to be continued, is too old to be served. */
export function isGone(error: unknown): boolean {
  return has(error, 410);
}

/** 404: no such object, or no such kind. */
export function isNotFound(error: unknown): boolean {
  return has(error, 404);
}

/** 403: the credentials are good, the right is missing. */
export function isForbidden(error: unknown): boolean {
  return has(error, 403);
}

function has(error: unknown, status: number): boolean {
  return error instanceof KubeError && error.status === status;
}

/** Reasons for answers that come from something before the API server. */
const REASONS: ReadonlyMap<number, string> = new Map([
  [400, "BadRequest"],
  [401, "Unauthorized"],
  [403, "Forbidden"],
  [404, "NotFound"],
  [409, "Conflict"],
  [410, "Gone"],
  [422, "Invalid"],
  [429, "TooManyRequests"],
  [500, "InternalError"],
  [502, "BadGateway"],
  [503, "ServiceUnavailable"],
  [504, "Timeout"],
]);
