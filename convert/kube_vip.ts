import { readAddressEntry } from "../config/addresses.ts";
import { childOf, quote } from "../config/tree.ts";
import { parsePrefix, prefixRange } from "../ip/prefix.ts";
import type { IpRange } from "../ip/range.ts";
import type { FoundService, Left, PoolSketch, Tenant } from "./left.ts";
import type { Note } from "./note.ts";
import { type FoundObject, nameObject, placeIn } from "./objects.ts";
import { type AnnotationFate, keptBy, noteAnnotations } from "./services.ts";
import { entriesIn, recordIn, textOfScalar } from "./values.ts";

/** The class of Services that are kube-vip's alone. */
export const KUBE_VIP_CLASS = "kube-vip.io/kube-vip-class";

const REQUEST = "kube-vip.io/loadbalancerIPs";
const INTERFACE = "kube-vip.io/serviceInterface";
const GLOBAL = "global";

/** Annotations that a user sets and that mean nothing here; what kube-vip writes itself is left out. */
const FATES: Readonly<Record<string, AnnotationFate>> = {
  "kube-vip.io/ignore": {
    kind: "lost",
    message: "Lanlord has no such annotation; give the Service a loadBalancerClass of its own",
  },
  "kube-vip.io/loadbalancerHostname": lost("addresses do not come by DHCP; reserve it there"),
  "kube-vip.io/serviceVLAN": lost("write an L2Advertisement that names the VLAN's interface"),
  "kube-vip.io/egress": lost("traffic of the pods leaves as the cluster's network lets it"),
  "kube-vip.io/egress-internal": lost(
    "traffic of the pods leaves as the cluster's network lets it",
  ),
  "kube-vip.io/egress-ipv6": lost("traffic of the pods leaves as the cluster's network lets it"),
  "kube-vip.io/forwardUPNP": lost("open the ports at the router"),
  "kube-vip.io/ddns": lost("write the name into DNS"),
  "kube-vip.io/rp_filter": lost("set the kernel parameter on the nodes"),
};

function lost(message: string): AnnotationFate {
  return { kind: "lost", message };
}

/**
 * Reads what kube-vip and its cloud provider left: the pools of ConfigMap `kubevip`
 * (https://github.com/kube-vip/kube-vip-cloud-provider), and what Services have and name. Services that have an
 * address of no known program count as kube-vip's: by hand, without pools, is how it is often used.
 */
export function readKubeVip(
  objects: readonly FoundObject[],
  services: readonly FoundService[],
): Left {
  const configMaps = objects.filter(({ apiVersion, kind, name }) =>
    apiVersion === "v1" && kind === "ConfigMap" && name === "kubevip"
  );
  const read = configMaps.map(readConfigMap);
  const tenants = services.map(readTenant);
  return {
    pools: read.flatMap(({ pools }) => pools),
    tenants: tenants.map(({ tenant }) => tenant),
    notes: [...read.flatMap(({ notes }) => notes), ...tenants.flatMap(({ notes }) => notes)],
  };
}

function readTenant(found: FoundService): {
  readonly tenant: Tenant;
  readonly notes: readonly Note[];
} {
  const { annotations } = found.service.meta;
  const asked = annotations[REQUEST] ?? "";
  const { addresses, notes } = keptBy(found, asked);
  const name = annotations[INTERFACE] ?? "";
  const isNamed = name !== "" && name !== "auto";
  const byDhcp = asked === "0.0.0.0" || found.service.loadBalancerIP === "0.0.0.0";
  const message =
    `Address of ${nameObject(found.object)}: it came by DHCP, and is kept as a fixed ` +
    "one; reserve it at the DHCP server";
  return {
    tenant: { ...found, addresses, ...isNamed && { interface: name } },
    notes: [
      ...notes,
      ...byDhcp ? [{ kind: "lost", place: found.object.place, message } as const] : [],
      ...noteAnnotations(found, FATES),
    ],
  };
}

interface Pools {
  readonly pools: readonly PoolSketch[];
  readonly notes: readonly Note[];
}

/** `cidr-X` comes before `range-X`; X is a namespace, or `global` for those without pools of their own. */
function readConfigMap(object: FoundObject): Pools {
  const data = recordIn(object.tree, "data");
  const names = Object.keys(data).flatMap((key) => /^(?:cidr|range)-(.+)$/.exec(key)?.[1] ?? []);
  const owners = [...new Set(names)].toSorted((a, b) =>
    Number(a === GLOBAL) - Number(b === GLOBAL)
  );
  const read = owners.map((owner) => readPool(object, data, owner));
  return {
    pools: read.flatMap(({ pools }) => pools),
    notes: [...read.flatMap(({ notes }) => notes), ...noteKeys(object, data, owners)],
  };
}

function readPool(
  object: FoundObject,
  data: Readonly<Record<string, string>>,
  owner: string,
): Pools {
  const key = data[`cidr-${owner}`] === undefined ? `range-${owner}` : `cidr-${owner}`;
  const place = placeIn(object, childOf(childOf(object.tree, "data"), key));
  const text = data[key] ?? "";
  if (text.trim() === "0.0.0.0/32") {
    const message = `Key ${quote(key)} has addresses come by DHCP: write an IPAddressPool with ` +
      "addresses that the DHCP server does not give out";
    return { pools: [], notes: [{ kind: "lost", place, message }] };
  }
  const skipsEnds = data["skip-end-ips-in-cidr"] === "true";
  const entries = text.split(",").map((entry) => ({
    text: entry.trim(),
    read: readAddressEntry(entry.trim()),
  }));
  const notes = entries.flatMap(({ read }): readonly Note[] =>
    read.kind === "fault" ? [{ kind: "lost", place, message: `${read.message} (${key})` }] : []
  );
  const ranges = entries.flatMap(({ text, read }) =>
    read.kind === "fault" ? [] : [skipsEnds ? withoutEnds(text, read.range) : read.range]
  );
  const name = data[`interface-${owner}`] ?? data[`interface-${GLOBAL}`];
  const pool: PoolSketch = {
    name: owner,
    place,
    ranges,
    autoAssign: true,
    namespaces: owner === GLOBAL ? [] : [owner],
    announcements: [{ interfaces: name === undefined ? [] : [name], nodeSelectors: [] }],
  };
  return { pools: ranges.length === 0 ? [] : [pool], notes };
}

/** `skip-end-ips-in-cidr`: the first and last address of IPv4 blocks wider than a /31 are left out. */
function withoutEnds(text: string, range: IpRange): IpRange {
  const prefix = parsePrefix(text);
  if (prefix === undefined || range.family === "IPv6" || prefix.length >= 31) return range;
  const { first, last } = prefixRange(prefix);
  return { family: range.family, first: first + 1n, last: last - 1n };
}

/** What the other keys ask for, where that cannot be said in a pool. */
function noteKeys(
  object: FoundObject,
  data: Readonly<Record<string, string>>,
  owners: readonly string[],
): readonly Note[] {
  return entriesIn(object.tree, "data").flatMap(({ key, value }): readonly Note[] => {
    const message = whyLost(key, textOfScalar(value) ?? "", data, owners);
    return message === undefined
      ? []
      : [{ kind: "lost", place: placeIn(object, value), message: `Key ${quote(key)}: ${message}` }];
  });
}

function whyLost(
  key: string,
  text: string,
  data: Readonly<Record<string, string>>,
  owners: readonly string[],
): string | undefined {
  const [, kind = key, owner = ""] = /^(cidr|range|interface|allow-share)-(.+)$/.exec(key) ?? [];
  switch (kind) {
    case "cidr":
    case "skip-end-ips-in-cidr":
      return undefined;
    case "range":
      return data[`cidr-${owner}`] === undefined
        ? undefined
        : `it has no effect beside "cidr-${owner}"; add its addresses to that pool if they are meant`;
    case "interface":
      return owner === GLOBAL || owners.includes(owner)
        ? undefined
        : `namespace ${
          quote(owner)
        } has no pool of its own; Services that have an address keep the ` +
          "interface";
    case "allow-share":
      return text === "true"
        ? "Services share an address only where they say so with annotation metallb.io/allow-shared-ip"
        : undefined;
    case "search-order":
      return text === "desc" ? "addresses are given out in ascending order" : undefined;
    default:
      return "not known";
  }
}
