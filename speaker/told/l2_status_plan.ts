/** From what the API has and what this node announces to the ServiceL2Status objects to write. */
import { keyOf } from "../../kube/resource.ts";
import type { ObjectReference } from "../../kube/types.ts";
import type { L2Status, WantedL2Status } from "./l2_status.ts";

/** One address that this node holds. */
export interface Announced {
  /** Canonical text of the address. */
  readonly key: string;
  /** The interface that answers for it. */
  readonly interfaceName: string;
  /** When it was claimed: ms, monotonic. */
  readonly since: number;
  readonly services: readonly ObjectReference[];
}

/** What is to be written. */
export type L2StatusAction =
  /** A new object, in place of another node's where there is one. */
  | { readonly kind: "create"; readonly wanted: WantedL2Status }
  /** The status of an object of ours. */
  | { readonly kind: "update"; readonly current: L2Status; readonly wanted: WantedL2Status }
  | { readonly kind: "delete"; readonly current: L2Status };

/**
 * What this node has to say, by `namespace/name`: of each Service whose first address it holds.
 *
 * @param isFirst whether an address is the first of a Service, by `namespace/name`
 */
export function wantedL2Statuses(
  node: string,
  announced: Iterable<Announced>,
  isFirst: (address: string, service: string) => boolean,
): ReadonlyMap<string, WantedL2Status> {
  const wanted = new Map<string, WantedL2Status>();
  for (const { key, interfaceName, since, services } of announced) {
    for (const service of services) {
      const of = keyOf(service);
      if (isFirst(key, of)) wanted.set(of, { node, service, interfaceName, since });
    }
  }
  return wanted;
}

/**
 * Compares, as far as the actions are asked for. What names this node and is not wanted goes, the objects of MetalLB
 * on this node included: their names are chance, so that no other node would find them.
 *
 * @param current the objects with this node's label
 */
export function* planL2Statuses(
  current: Iterable<L2Status>,
  wanted: ReadonlyMap<string, WantedL2Status>,
): Generator<L2StatusAction> {
  const present = new Set<string>();
  for (const status of current) {
    const want = wanted.get(status.service);
    if (want === undefined || !isOf(status, want)) {
      yield { kind: "delete", current: status };
      continue;
    }
    present.add(status.service);
    if (!says(status, want)) yield { kind: "update", current: status, wanted: want };
  }
  for (const [service, want] of wanted) {
    if (!present.has(service)) yield { kind: "create", wanted: want };
  }
}

/** Whether the object can come to say what is wanted: the node cannot be changed once it is there. */
function isOf(status: L2Status, wanted: WantedL2Status): boolean {
  if (!status.isNamedAfterService) return false;
  return status.node === undefined || status.node === wanted.node;
}

function says(status: L2Status, { node, interfaceName }: WantedL2Status): boolean {
  const [one, ...others] = status.interfaces;
  return status.node === node && one === interfaceName && others.length === 0;
}

/**
 * Remembers what was tried of late, so that nothing is written twice while the watch has not shown it yet,
 * and that two nodes that both hold an address (cut from each other, but not from the API) do not take the
 * one object from each other all the time. A new claim is a new attempt. Mutable, free of I/O.
 */
export class L2StatusAttempts {
  readonly #againMs: number;
  #triedAt = new Map<string, number>();

  /** @param againMs after how long the same may be tried again */
  constructor(againMs: number) {
    this.#againMs = againMs;
  }

  /** Whether it is time for the action. */
  isDue(action: L2StatusAction, now: number): boolean {
    const triedAt = this.#triedAt.get(identityOf(action));
    return triedAt === undefined || now - triedAt >= this.#againMs;
  }

  note(action: L2StatusAction, now: number): void {
    if (this.#triedAt.size > MOST_REMEMBERED) this.#forgetBefore(now - this.#againMs);
    this.#triedAt.set(identityOf(action), now);
  }

  /** It came to nothing, and may be tried again. */
  forget(action: L2StatusAction): void {
    this.#triedAt.delete(identityOf(action));
  }

  #forgetBefore(instant: number): void {
    this.#triedAt = new Map([...this.#triedAt].filter(([, at]) => at > instant));
  }
}

const MOST_REMEMBERED = 1_000;

function identityOf(action: L2StatusAction): string {
  switch (action.kind) {
    case "create":
      return `create ${keyOf(action.wanted.service)} ${action.wanted.since}`;
    case "update":
      return `update ${action.current.uid} ${action.wanted.interfaceName}`;
    case "delete":
      return `delete ${action.current.uid}`;
    default:
      return action satisfies never;
  }
}
