import { equalIp, type Family, formatIp, type IpAddress, parseIp } from "../ip/address.ts";
import { keyOf } from "../kube/resource.ts";
import type { Namespace, Service } from "../kube/types.ts";
import {
  ADDRESS_POOL,
  ALLOW_SHARED_IP,
  LOAD_BALANCER_IPS,
  readAnnotation,
  SHARED_AS,
} from "./annotations.ts";
import type { Applicant } from "./pool_access.ts";
import { quoteList, type Refusal } from "./refusal.ts";
import { type SharingTerms, sharingTermsOf, sharingTermsText } from "./sharing.ts";

/** Everything that the allocation needs to know of one Service. */
export interface Request {
  /** `namespace/name`. */
  readonly key: string;
  /** RFC 3339, in seconds. */
  readonly createdAt: string;
  /** The addresses in its status, in order, without doubles. */
  readonly held: readonly IpAddress[];
  /** Addresses that a write with unknown outcome may have given to it: nobody else may have them. */
  readonly doubtful: readonly IpAddress[];
  /** What the `serviceAllocation` of pools goes by. */
  readonly applicant: Applicant;
  readonly sharing: SharingTerms;
  /** Whether the sharing terms differ from those on record for the held addresses. */
  readonly hasNewTerms: boolean;
  /** What it asks for, or why that cannot be understood. */
  readonly wish: Wish | Refusal;
}

/** What a Service asks for. */
export interface Wish {
  readonly kind: "wish";
  /** One or two, the primary family first; the status lists addresses in this order. */
  readonly families: readonly Family[];
  /** Whether two families are needed or only preferred; of no meaning with one family. */
  readonly dualStack: "required" | "preferred";
  /** Addresses asked for by name, one for each family; empty: any. */
  readonly addresses: readonly IpAddress[];
  /** The only pool that may be used. */
  readonly pool: string | undefined;
}

/** Whose job a Service is. */
export type Ownership = "ours" | "other-type" | "other-class";

/**
 * Whether a Service is for this leader: of type LoadBalancer, and without a class where `lbClass` is
 * `undefined`, else of exactly that class.
 */
export function ownershipOf(service: Service, lbClass: string | undefined): Ownership {
  if (service.type !== "LoadBalancer") return "other-type";
  return service.loadBalancerClass === lbClass ? "ours" : "other-class";
}

/**
 * Reads what a Service asks for. Contradictions come back as the `wish`, so that what it holds is known.
 *
 * @param namespaces by name, as far as they are known
 */
export function requestOf(
  service: Service,
  doubtful: readonly IpAddress[] = NO_ADDRESSES,
  namespaces: ReadonlyMap<string, Namespace> = new Map(),
): Request {
  const { namespace, labels } = service.meta;
  const sharing = sharingTermsOf(service);
  const recorded = service.meta.annotations[SHARED_AS];
  return {
    key: keyOf(service.meta),
    createdAt: service.meta.creationTimestamp,
    held: heldBy(service),
    doubtful,
    applicant: { namespace, labels, namespaceLabels: namespaces.get(namespace)?.meta.labels },
    sharing,
    hasNewTerms: recorded !== undefined && recorded !== sharingTermsText(sharing),
    wish: wishOf(service),
  };
}

/** The addresses in the status of a Service, in order, without doubles; host names are no addresses. */
export function heldBy(service: Service): readonly IpAddress[] {
  const held: IpAddress[] = [];
  for (const { ip } of service.ingress) {
    const address = parseIp(ip ?? "");
    if (address !== undefined && !held.some((other) => equalIp(other, address))) held.push(address);
  }
  return held;
}

/** Orders requests by age, then key: the same for the same Services, whatever the order of events. */
export function compareAge(a: Request, b: Request): number {
  return compareText(a.createdAt, b.createdAt) || compareText(a.key, b.key);
}

function compareText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

function wishOf(service: Service): Wish | Refusal {
  if (service.meta.deletionTimestamp !== undefined) {
    return {
      kind: "being-deleted",
      message: "service is being deleted",
      remedy: "remove the finalizers that keep it",
    };
  }
  const families = familiesOf(service);
  if ("kind" in families) return families;
  const addresses = requestedAddresses(service, families);
  if ("kind" in addresses) return addresses;
  return {
    kind: "wish",
    families,
    dualStack: service.ipFamilyPolicy === "RequireDualStack" ? "required" : "preferred",
    addresses,
    pool: readAnnotation(service.meta.annotations, ADDRESS_POOL) || undefined,
  };
}

/** The families of the spec; by the cluster addresses where the spec is older than dual stack. */
function familiesOf(service: Service): readonly Family[] | Refusal {
  const stated = service.ipFamilies.filter((family) => family === "IPv4" || family === "IPv6");
  const byClusterIp = service.clusterIPs.flatMap((text) => parseIp(text)?.family ?? []);
  const families = sharedList([...new Set<Family>(stated.length > 0 ? stated : byClusterIp)]);
  if (families.length === 0) {
    return {
      kind: "no-cluster-ip",
      message: "service has no ClusterIP",
      remedy: "give the Service a cluster address of the family it should have",
    };
  }
  if (service.ipFamilyPolicy === "RequireDualStack" && families.length < 2) {
    return {
      kind: "not-dual-stack",
      message: `Service requires dual stack but not enough clusterips ${
        quoteList(service.clusterIPs)
      }`,
      remedy: "run the cluster with both families, or set spec.ipFamilyPolicy to PreferDualStack",
    };
  }
  return families;
}

/** One value for all Services with these families: there is one for each for as long as it lives. */
function sharedList(families: readonly Family[]): readonly Family[] {
  const isSame = (list: readonly Family[]): boolean =>
    list.length === families.length && list.every((family, i) => family === families[i]);
  return FAMILY_LISTS.find(isSame) ?? families;
}

const FAMILY_LISTS: readonly (readonly Family[])[] = [
  ["IPv4"],
  ["IPv6"],
  ["IPv4", "IPv6"],
  ["IPv6", "IPv4"],
];

const NO_ADDRESSES: readonly IpAddress[] = [];

function requestedAddresses(
  service: Service,
  families: readonly Family[],
): readonly IpAddress[] | Refusal {
  const list = readAnnotation(service.meta.annotations, LOAD_BALANCER_IPS);
  const single = service.loadBalancerIP ?? "";
  if (list !== "" && single !== "") {
    return {
      kind: "contradictory-addresses",
      message: `service can not have both ${LOAD_BALANCER_IPS} and svc.Spec.LoadBalancerIP`,
      remedy: "remove spec.loadBalancerIP",
    };
  }
  if (list === "" && single === "") return NO_ADDRESSES;
  const texts = list === "" ? [single] : list.split(",").map((text) => text.trim());
  const addresses = texts.flatMap((text) => parseIp(text) ?? []);
  if (addresses.length < texts.length) {
    return {
      kind: "malformed-address",
      message: list === ""
        ? `invalid spec.loadBalancerIP "${single}"`
        : `invalid ${LOAD_BALANCER_IPS}: "${list}"`,
      remedy: "write IPv4 or IPv6 addresses without prefix length, separated by a comma",
    };
  }
  return inOrderOfFamilies(addresses, families);
}

/** The requested addresses in the order of the families, where there is exactly one for each. */
function inOrderOfFamilies(
  addresses: readonly IpAddress[],
  families: readonly Family[],
): readonly IpAddress[] | Refusal {
  const ordered = families.flatMap((family) => addresses.find((a) => a.family === family) ?? []);
  if (ordered.length === families.length && addresses.length === families.length) return ordered;
  return {
    kind: "wrong-family",
    message: `requested loadBalancer IP(s) ${quoteList(addresses.map(formatIp))} ` +
      "does not match the ipFamily of the service",
    remedy: `request exactly one address of ${families.join(" and one of ")}`,
  };
}
