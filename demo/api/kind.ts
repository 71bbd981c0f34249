import type { Json, JsonObject } from "../../kube/types.ts";
import type { Schema } from "./schema/schema.ts";
import type { FieldFault } from "./status.ts";

/** One kind of object that the server serves, as data. */
export interface Kind {
  /** Empty for the core group. */
  readonly group: string;
  readonly version: string;
  readonly kind: string;
  /** The name in the path: `services`. */
  readonly plural: string;
  readonly singular: string;
  readonly shortNames: readonly string[];
  /** `all` for what `kubectl get all` shows. */
  readonly categories: readonly string[];
  readonly scope: "Namespaced" | "Cluster";
  readonly subresources: readonly Subresource[];
  readonly schema: Schema;
  readonly columns: readonly Column[];
  /** Paths that field selectors may name, beside `metadata.name` and `metadata.namespace`. */
  readonly selectable: readonly string[];
  readonly origin: "built-in" | "custom";
  /** Under which name the objects are stored: kinds with the same name are views of the same objects. */
  readonly storage: string;
  /** Which changes `metadata.generation` counts. */
  readonly generation: "none" | "spec" | "spec and annotations";
  /** Which metadata a write to `/status` changes beside the status itself. */
  readonly statusMetadata: "all" | "none";
  /** What becomes of a status in a new object. */
  readonly newStatus: JsonObject | "kept" | "dropped";
  /** Which names are allowed. */
  readonly names: "subdomain" | "label" | "path";
  /** Fills in what depends on other fields or on the cluster. `before` is absent on create. */
  readonly prepare: (next: JsonObject, before: JsonObject | undefined, world: World) => JsonObject;
  /** Fills in the status where it is written. */
  readonly prepareStatus: (next: JsonObject) => JsonObject;
  /** Faults beyond the schema's. */
  readonly check: (
    next: JsonObject,
    before: JsonObject | undefined,
    world: World,
  ) => readonly FieldFault[];
  /** From the stored object to the object as this kind serves it. */
  readonly read: (stored: JsonObject) => JsonObject;
  /** The mirror of `read`. */
  readonly write: (served: JsonObject) => JsonObject;
}

/** A part of an object with a path of its own. */
export type Subresource = "status" | "scale";

/** What the transitions of an object may ask of the cluster around it. */
export interface World {
  /** RFC 3339, whole seconds. */
  readonly now: string;
  newUid(): string;
  /** Five characters for `generateName`. */
  newSuffix(): string;
  readonly services: ServiceNumbers;
}

/** Hands out the addresses and ports of Services. */
export interface ServiceNumbers {
  /** A free address of the cluster range. */
  nextClusterIp(family: "IPv4" | "IPv6"): string;
  isClusterIpFree(address: string): boolean;
  isClusterIpInRange(address: string): boolean;
  /** A free port of the node port range. */
  nextNodePort(): number;
  isNodePortFree(port: number): boolean;
  isNodePortInRange(port: number): boolean;
}

/** A column of `kubectl get`. */
export interface Column {
  readonly name: string;
  readonly type: "string" | "integer" | "number" | "boolean" | "date";
  readonly format?: string;
  readonly description: string;
  /** 0: always shown; more: only by `-o wide`. */
  readonly priority: number;
  /** The text or number to show. `now` is ms since 1970. */
  readonly cell: (object: JsonObject, now: number) => Json;
}

/** `v1`, `apps/v1`. */
export function apiVersionOf(kind: Pick<Kind, "group" | "version">): string {
  return kind.group === "" ? kind.version : `${kind.group}/${kind.version}`;
}
