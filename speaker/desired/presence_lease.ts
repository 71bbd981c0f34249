/** What a speaker's presence Lease tells of its node. */
import type { Lease } from "../../kube/types.ts";
import { type Interface, parseInterfaces } from "./interfaces.ts";

/** Annotation of a presence Lease: the node's interfaces as JSON, see `formatInterfaces`. */
export const INTERFACES_ANNOTATION = "lanlord.dev/interfaces";

/** The node and interfaces that a presence Lease tells of; `undefined` for any other Lease. */
export function readPresence(
  lease: Lease,
): { readonly node: string; readonly interfaces: readonly Interface[] } | undefined {
  const text = lease.meta.annotations[INTERFACES_ANNOTATION];
  const node = lease.holderIdentity;
  const interfaces = text === undefined ? undefined : parseInterfaces(text);
  return node === undefined || interfaces === undefined ? undefined : { node, interfaces };
}
