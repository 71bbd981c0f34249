/** Which addresses the Services have, and what of each Service matters for that. */
import { formatIp, type IpAddress, parseIp } from "../../ip/address.ts";
import { keyOf } from "../../kube/resource.ts";
import { referenceTo } from "../../kube/resources.ts";
import type { ObjectReference, Service } from "../../kube/types.ts";

/** One Service, read. */
interface Reading {
  readonly service: Service;
  /** `namespace/name`. */
  readonly name: string;
  readonly reference: ObjectReference;
  /** Each of its addresses, where nobody shares it. */
  readonly alone: readonly Assignment[];
}

/** An address with the Services that use it, in order of name. */
export interface Assignment {
  /** Canonical text of the address. */
  readonly key: string;
  readonly address: IpAddress;
  readonly services: readonly Service[];
  /** The same Services. */
  readonly references: readonly ObjectReference[];
}

/** Reads each Service once, for as long as the object is the same. Mutable, but only to remember. */
export class Readings {
  readonly #known = new WeakMap<Service, Reading>();

  of(service: Service): Reading {
    const known = this.#known.get(service);
    if (known !== undefined) return known;
    const reading = read(service);
    this.#known.set(service, reading);
    return reading;
  }
}

/**
 * The assigned addresses by canonical text, in order of the first Service's name. What one Service has alone is
 * the same object as long as the Service is.
 */
export function assignmentsOf(
  services: Iterable<Service>,
  readings: Readings,
): ReadonlyMap<string, Assignment> {
  const read = Array.from(services, (service) => readings.of(service))
    .sort((a, b) => a.name < b.name ? -1 : 1);
  const assignments = new Map<string, Assignment>();
  for (const { service, reference, alone } of read) {
    for (const assignment of alone) {
      const known = assignments.get(assignment.key);
      if (known === undefined) assignments.set(assignment.key, assignment);
      else if (!known.services.includes(service)) {
        const services = [...known.services, service];
        const references = [...known.references, reference];
        assignments.set(assignment.key, { ...known, services, references });
      }
    }
  }
  return assignments;
}

function read(service: Service): Reading {
  const reference = referenceTo(service);
  const alone = service.ingress.flatMap(({ ip }): readonly Assignment[] => {
    const address = ip === undefined ? undefined : parseIp(ip);
    if (address === undefined) return [];
    return [{ key: formatIp(address), address, services: [service], references: [reference] }];
  });
  return { service, name: keyOf(service.meta), reference, alone };
}
