import type { Json } from "./types.ts";

/** One call to the API server, as a value. */
export interface KubeCall {
  readonly method: "GET" | "POST" | "PUT" | "PATCH" | "DELETE";
  /** From the root of the server, already escaped: see `pathOf`. */
  readonly path: string;
  readonly query?: Readonly<Record<string, string>>;
  readonly body?: Json;
  /** @default "application/json" */
  readonly contentType?: string;
  /** How long to wait for the answer; a stream: for its beginning. @default the client's */
  readonly timeoutMs?: number;
}

/** Which objects of a kind to look at. */
export interface Selection {
  /** One namespace. @default all */
  readonly namespace?: string;
  readonly fieldSelector?: string;
  readonly labelSelector?: string;
  /**
   * A field selector for servers that know its field, in place of `fieldSelector`; one that refuses it with 400 is
   * asked for all from then on. `Resource.parse` leaves out what it would.
   */
  readonly narrowing?: string;
  /** How many objects a list brings at once: fewer of large ones, so that they do not fill memory. @default 500 */
  readonly pageSize?: number;
}
