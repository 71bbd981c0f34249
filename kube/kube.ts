import type { Resource } from "./resource.ts";
import type { Json, ObjectReference } from "./types.ts";

/** What the rest of the program can do with the API server; see `client.ts` for the real one. */
export interface Kube {
  /** One call. Resolves with the decoded body. @throws KubeError on any status from 400 up, or no answer. */
  request(call: KubeCall, signal: AbortSignal): Promise<Json>;
  /** The lines of a streamed answer (`watch=1`), decoded one by one; ends when the server ends it. */
  stream(call: KubeCall, signal: AbortSignal): AsyncIterable<Json>;
}

export interface KubeCall {
  readonly method: "GET" | "POST" | "PUT" | "PATCH" | "DELETE";
  readonly path: string;
  readonly query?: Readonly<Record<string, string>>;
  readonly body?: Json;
  /** @default "application/json" */
  readonly contentType?: string;
}

/** Which objects of a kind to look at. */
export interface Selection {
  /** One namespace. @default all */
  readonly namespace?: string;
  readonly fieldSelector?: string;
  readonly labelSelector?: string;
}

/** A view of all selected objects of one kind, kept current by a watch. */
export interface Cache<T> {
  readonly resource: Resource<T>;
  /** Whether the first complete list has arrived (or the kind is known not to exist on the server). */
  readonly isSynced: boolean;
  /** Live view by key (`keyOf`), in no particular order; read it, do not keep it across awaits. */
  readonly objects: ReadonlyMap<string, T>;
}

/** An Event to tell people about an object, in the words of `kubectl describe`. */
export interface EventNote {
  readonly about: ObjectReference;
  readonly type: "Normal" | "Warning";
  /** `IPAllocated`, `AllocationFailed`, `nodeAssigned` … */
  readonly reason: string;
  readonly message: string;
}

/** Tells people about an object; never rejects: an Event that cannot be written is logged and counted. */
export type EmitEvent = (note: EventNote) => void;
