/** Which advertisements an address is announced by, and on which interface of a node. */
import type { L2Advertisement } from "../../config/config.ts";
import { matchesAny } from "../../config/select.ts";
import type { IpAddress } from "../../ip/address.ts";
import type { Service } from "../../kube/types.ts";
import { type Interface, isLinkLocal, isOnLink, speaks } from "./interfaces.ts";

/**
 * For each Service of an address the advertisements that are for it; Services with the same ones count once.
 * Whatever holds an address holds it for all its Services, so each of these lists has to allow it.
 */
export type Coverage = readonly (readonly L2Advertisement[])[];

/** The coverage of an address. @param advertisements those that cover its pool */
export function coverageOf(
  services: readonly Pick<Service, "meta">[],
  advertisements: readonly L2Advertisement[],
): Coverage {
  if (advertisements.every(({ serviceSelectors }) => serviceSelectors.length === 0)) {
    return [advertisements];
  }
  const lists = services.map(({ meta }) =>
    advertisements.filter(({ serviceSelectors }) => matchesAny(serviceSelectors, meta.labels))
  );
  const byKey = new Map(lists.map((list) => [namesOf(list).join(), list]));
  return [...byKey].toSorted(([a], [b]) => a < b ? -1 : 1).map(([, list]) => list);
}

/** A text that two coverages have in common only if they are the same. */
export function coverageKey(coverage: Coverage): string {
  return coverage.map((list) => namesOf(list).join()).join(";");
}

/** The part of the coverage whose node selectors select these labels. */
export function coverageOn(
  coverage: Coverage,
  labels: Readonly<Record<string, string>>,
): Coverage {
  return coverage.map((list) =>
    list.filter(({ nodeSelectors }) => matchesAny(nodeSelectors, labels))
  );
}

/** The names of the advertisements, each once, in order. */
export function namesOf(advertisements: readonly L2Advertisement[]): readonly string[] {
  return [...new Set(advertisements.map(({ name }) => name))].toSorted();
}

/**
 * The interface that a node announces an address on: one on the address's subnet, else the first that is
 * named; only named ones where no advertisement that selects the node leaves them open. A link-local address
 * is on the subnet of every interface, so one has to be named.
 *
 * @param own the coverage on this node
 */
export function interfaceFor<Face extends Interface>(
  faces: readonly Face[],
  own: Coverage,
  address: IpAddress,
): Face | undefined {
  const able = allowedBy(own, faces).filter((face) => speaks(face, address.family));
  const named = able.filter(({ name }) => isNamed(own, name));
  if (isLinkLocal(address)) return named[0];
  return able.find((face) => isOnLink(face, address)) ?? named[0];
}

/** The interfaces, excluded ones left out, that the coverage of a node leaves for all Services. */
export function allowedBy<Face extends Pick<Interface, "name" | "isExcluded">>(
  own: Coverage,
  faces: readonly Face[],
): readonly Face[] {
  return faces.filter(({ name, isExcluded }) =>
    !isExcluded && own.every((list) => allows(list, name))
  );
}

/** Whether these advertisements let an address be announced on an interface of this name. */
export function allows(advertisements: readonly L2Advertisement[], name: string): boolean {
  return advertisements.some(({ interfaces }) =>
    interfaces.length === 0 || interfaces.includes(name)
  );
}

function isNamed(own: Coverage, name: string): boolean {
  return own.flat().some(({ interfaces }) => interfaces.includes(name));
}
