import type { Json, JsonObject } from "../../kube/types.ts";

/** One thing that is done to the cluster. Services are named `name`, in `default`, or `namespace/name`. */
export type Change =
  /** The IPAddressPool gets this spec, whatever it was before. */
  | { readonly kind: "pool"; readonly name: string; readonly spec: JsonObject }
  /** A user tries the same with a spec that cannot be meant: the API server may refuse it. */
  | { readonly kind: "faulty pool"; readonly name: string; readonly spec: JsonObject }
  | { readonly kind: "delete pool"; readonly name: string }
  /** The Namespace gets these labels besides its others; null takes one away. */
  | { readonly kind: "namespace"; readonly name: string; readonly labels: JsonObject }
  | {
    readonly kind: "create";
    readonly service: string;
    readonly annotations: JsonObject;
    readonly labels: JsonObject;
    readonly spec: JsonObject;
  }
  /** A merge patch. */
  | { readonly kind: "patch"; readonly service: string; readonly patch: JsonObject }
  /** By hand, as no user should. */
  | { readonly kind: "status"; readonly service: string; readonly ingress: readonly JsonObject[] }
  | { readonly kind: "delete"; readonly service: string }
  /** The controller stops in an orderly way, this is done, it starts again. */
  | { readonly kind: "restart"; readonly meanwhile: readonly Change[] };

/** What a Service has, and what was told about it for the first time. */
export interface Expected {
  /** Addresses in the status, in order, and where they come from: `192.0.2.0, 2001:db8:: from p`; or `none`. */
  readonly has: string;
  /**
   * Events in any order, as `type reason: message`, each of which is news; where one ends in `…`, anything may
   * follow.
   */
  readonly told: readonly string[];
}

export interface Step {
  readonly changes: readonly Change[];
  /** By Service: those that change or are told anything. All others stay as they were, in silence. */
  readonly expect: Readonly<Record<string, Expected>>;
}

/** In what MetalLB does otherwise. */
export interface Difference {
  /**
   * - `address`: a Service has other addresses, or none;
   * - `event`: the addresses are the same, what is told is not;
   * - `chance`: MetalLB does one thing or the other.
   */
  readonly kind: "address" | "event" | "chance";
  /** What MetalLB does, in a sentence. */
  readonly metallb: string;
  /** Why Lanlord does something else. */
  readonly why: string;
}

/** A short story of what a user does and gets, to be played before any controller. */
export interface Scenario {
  readonly name: string;
  /** The rules that it holds, of `tests/rules.ts`. */
  readonly rules: readonly string[];
  readonly steps: readonly Step[];
  /** The controller's `--lb-class`. @default none */
  readonly lbClass?: string;
  /** @default MetalLB does the same */
  readonly differs?: Difference;
}

/** What a Service may be created with besides its spec. */
interface Extras {
  readonly annotations?: JsonObject;
  readonly labels?: JsonObject;
  readonly [field: string]: Json | undefined;
}

export function step(
  changes: readonly Change[],
  expect: Readonly<Record<string, Expected>> = {},
): Step {
  return { changes, expect };
}

/** @param options the spec's other fields */
export function pool(name: string, addresses: readonly string[], options: JsonObject = {}): Change {
  return { kind: "pool", name, spec: { addresses, ...options } };
}

/** A pool, or a change of one, that cannot be meant. */
export function faultyPool(
  name: string,
  addresses: readonly string[],
  options: JsonObject = {},
): Change {
  return { kind: "faulty pool", name, spec: { addresses, ...options } };
}

export function deletePool(name: string): Change {
  return { kind: "delete pool", name };
}

export function namespace(name: string, labels: JsonObject = {}): Change {
  return { kind: "namespace", name, labels };
}

/** A new Service of type LoadBalancer with TCP port 80, unless the spec says otherwise. */
export function create(service: string, extras: Extras = {}): Change {
  const { annotations = {}, labels = {}, ...spec } = extras;
  return { kind: "create", service, annotations, labels, spec: withoutUndefined(spec) };
}

/** Changes the spec of a Service. */
export function change(service: string, spec: JsonObject): Change {
  return { kind: "patch", service, patch: { spec } };
}

/** Sets an annotation of a Service; null takes it away. */
export function annotate(service: string, name: string, text: string | null): Change {
  return { kind: "patch", service, patch: { metadata: { annotations: { [name]: text } } } };
}

/** Sets labels of a Service; null takes one away. */
export function label(service: string, labels: JsonObject): Change {
  return { kind: "patch", service, patch: { metadata: { labels } } };
}

/** Writes addresses into the status by hand. */
export function writeStatus(service: string, ...ips: readonly string[]): Change {
  return { kind: "status", service, ingress: ips.map((ip) => ({ ip })) };
}

export function remove(service: string): Change {
  return { kind: "delete", service };
}

export function restart(...meanwhile: readonly Change[]): Change {
  return { kind: "restart", meanwhile };
}

/** It has these addresses, joined by `, `, of that pool. */
export function has(addresses: string, pool: string, ...told: readonly string[]): Expected {
  return { has: `${addresses} from ${pool}`, told };
}

/** It has no address. */
export function none(...told: readonly string[]): Expected {
  return { has: "none", told };
}

/** It gets these addresses, joined by `, `, of that pool, and is told so; then this is told besides. */
export function gets(addresses: string, pool: string, ...told: readonly string[]): Expected {
  const list = addresses.split(", ").map((address) => `"${address}"`);
  const text = list.length === 1 ? list[0] : `[${list.join(" ")}]`;
  return has(addresses, pool, `Normal IPAllocated: Assigned IP ${text}`, ...told);
}

/** The Event for one more address. */
export function added(address: string): string {
  return `Normal IPAllocated: Assigned additional IP "${address}"`;
}

/** The Event for a Service that gets no address. */
export function failed(service: string, why: string): string {
  return `Warning AllocationFailed: Failed to allocate IP for "${keyOf(service)}": ${why}…`;
}

/** The Event for a Service that loses an address. */
export function cleared(service: string, why: string): string {
  return `Normal ClearAssignment: current IP for "${keyOf(service)}" not allowed by config, ` +
    `will attempt for new IP assignment: ${why}…`;
}

/** `namespace/name` of a Service as scenarios name it. */
export function keyOf(service: string): string {
  return service.includes("/") ? service : `default/${service}`;
}

function withoutUndefined(object: Readonly<Record<string, Json | undefined>>): JsonObject {
  return Object.fromEntries(
    Object.entries(object).flatMap(([key, value]) => value === undefined ? [] : [[key, value]]),
  );
}
