import type { KubeCall } from "./call.ts";
import type { Resource } from "./resource.ts";
import type { Json } from "./types.ts";

export type { KubeCall, Selection } from "./call.ts";
export type { EmitEvent, EventNote } from "./event_note.ts";

/** What the rest of the program can do with the API server; see `client.ts` for the real one. */
export interface Kube {
  /** One call. Resolves with the decoded body. @throws KubeError on any status from 400 up, or no answer. */
  request(call: KubeCall, signal: AbortSignal): Promise<Json>;
  /** The lines of a streamed answer (`watch=1`), decoded one by one; ends when the server ends it. */
  stream(call: KubeCall, signal: AbortSignal): AsyncIterable<Json>;
}

/** A view of all selected objects of one kind, kept current by a watch. */
export interface Cache<T> {
  readonly resource: Resource<T>;
  /** Whether the first complete list has arrived (or the kind is known not to exist on the server). */
  readonly isSynced: boolean;
  /** Live view by key (`keyOf`), in no particular order; read it, do not keep it across awaits. */
  readonly objects: ReadonlyMap<string, T>;
}
