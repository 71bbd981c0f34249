import type { L2Advertisement, Pool } from "../../config/config.ts";
import type { IpAddress } from "../../ip/address.ts";
import { parsePrefix, type Prefix } from "../../ip/prefix.ts";
import { type IpRange, parseRange } from "../../ip/range.ts";
import type { Node, ObjectMeta, Service } from "../../kube/types.ts";
import type { Snapshot } from "../../speaker/desired/desired.ts";
import type { Interface } from "../../speaker/desired/interfaces.ts";
import type { SimAddress } from "./scenario.ts";

/** What the API says: a value that never changes; a change makes another. */
export interface ApiState extends Omit<Snapshot, "node" | "local"> {
  /** Whether the node may hold the address: not found as the speaker finds it, but kept from what was changed. */
  readonly mayHold: (node: string, key: string) => boolean;
}

const SOURCE = { kind: "file", file: "simulated" } as const;
const EXCLUDE_LABEL = "node.kubernetes.io/exclude-from-external-load-balancers";
const HOST_LABEL = "kubernetes.io/hostname";

/** The Kubernetes API of a simulated cluster: one Service for each address, a pool for each domain. */
export class Cluster {
  readonly #addresses: readonly SimAddress[];
  readonly #presences: ReadonlyMap<string, readonly Interface[]>;
  readonly #excluded = new Set<string>();
  readonly #deleted = new Set<string>();
  readonly #removed = new Set<string>();
  readonly #unadvertised = new Set<number>();
  readonly #preferred = new Map<number, readonly string[]>();
  readonly #unpooled = new Map<number, ReadonlySet<string>>();
  readonly #endpoints = new Map<string, ReadonlySet<string>>();
  #state: ApiState;

  constructor(
    addresses: readonly SimAddress[],
    presences: ReadonlyMap<string, readonly Interface[]>,
  ) {
    this.#addresses = addresses;
    this.#presences = presences;
    this.#state = this.#compose();
  }

  get state(): ApiState {
    return this.#state;
  }

  setExcluded(node: string, is: "in" | "out"): void {
    toggle(this.#excluded, node, is === "out");
    this.#state = this.#compose();
  }

  /** Its Node is deleted, and its Lease with it. */
  setRemoved(node: string, is: "there" | "gone"): void {
    toggle(this.#removed, node, is === "gone");
    this.#state = this.#compose();
  }

  /** The pool of a domain has all addresses but these. */
  setPool(domain: number, without: readonly string[]): void {
    this.#unpooled.set(domain, new Set(without));
    this.#state = this.#compose();
  }

  /** The Service that has the address. */
  setAssigned(address: string, is: "there" | "gone"): void {
    toggle(this.#deleted, this.#serviceOf(address), is === "gone");
    this.#state = this.#compose();
  }

  setAdvertised(domain: number, how: "not" | "again"): void {
    toggle(this.#unadvertised, domain, how === "not");
    this.#state = this.#compose();
  }

  /** These nodes before all others, each before the next. */
  setPreferred(domain: number, nodes: readonly string[]): void {
    this.#preferred.set(domain, nodes);
    this.#state = this.#compose();
  }

  setEndpoints(address: string, nodes: readonly string[] | undefined): void {
    const service = this.#serviceOf(address);
    if (nodes === undefined) this.#endpoints.delete(service);
    else this.#endpoints.set(service, new Set(nodes));
    this.#state = this.#compose();
  }

  #compose(): ApiState {
    const domains = [...new Set(this.#addresses.map(({ domain }) => domain))];
    const presences = new Map([...this.#presences].filter(([node]) => !this.#removed.has(node)));
    const nodes = Array.from(presences.keys(), (name): Node => ({
      meta: metaOf("", name, {
        [HOST_LABEL]: name,
        ...this.#excluded.has(name) ? { [EXCLUDE_LABEL]: "" } : {},
      }),
      unschedulable: false,
      taints: [],
      conditions: [],
    }));
    const services = [...Map.groupBy(this.#addresses, serviceNameOf)]
      .filter(([name]) => !this.#deleted.has(name))
      .map(([name, addresses]) =>
        serviceOf(name, addresses, this.#endpoints.has(name) ? "Local" : "Cluster")
      );
    return {
      config: {
        pools: domains.map((domain) =>
          poolOf(domain, this.#addresses, this.#unpooled.get(domain) ?? new Set())
        ),
        l2Advertisements: domains.filter((domain) => !this.#unadvertised.has(domain))
          .map((domain) => advertisementOf(domain, this.#preferred.get(domain) ?? [])),
      },
      services,
      nodes,
      presences,
      endpoints: new Map(
        Array.from(this.#endpoints, ([service, nodes]) => [
          `default/${service}`,
          { ready: nodes, serving: nodes },
        ]),
      ),
      mayHold: this.#judge(),
    };
  }

  #judge(): ApiState["mayHold"] {
    const out = this.#excluded.union(this.#removed);
    const addresses = new Map(this.#addresses.map((address) => [address.key, address]));
    const deleted = new Set(this.#deleted);
    const unadvertised = new Set(this.#unadvertised);
    const unpooled = new Map(this.#unpooled);
    const endpoints = new Map(this.#endpoints);
    return (node, key) => {
      const address = addresses.get(key);
      if (address === undefined || out.has(node)) return false;
      const service = serviceNameOf(address);
      if (deleted.has(service) || unadvertised.has(address.domain)) return false;
      if (unpooled.get(address.domain)?.has(key) === true) return false;
      return endpoints.get(service)?.has(node) ?? true;
    };
  }

  #serviceOf(key: string): string {
    const address = this.#addresses.find((each) => each.key === key);
    return address === undefined ? key : serviceNameOf(address);
  }
}

function serviceNameOf({ key, service = key }: SimAddress): string {
  return service;
}

/** The subnets of a domain. */
export function subnetsOf(domain: number): readonly Prefix[] {
  const known = subnets.get(domain) ?? parseSubnets(domain);
  subnets.set(domain, known);
  return known;
}

const subnets = new Map<number, readonly Prefix[]>();

function parseSubnets(domain: number): readonly Prefix[] {
  return [`10.${domain}.0.0/16`, `fd00:${domain + 1}::/64`, "fe80::/64"].map((text) => {
    const prefix = parsePrefix(text);
    if (prefix !== undefined) return prefix;
    throw new RangeError(`Cannot number domain: want 0-255, have ${domain}`);
  });
}

/** The link-local address of the n-th machine. */
export function linkLocalOf(n: number): IpAddress {
  return { family: "IPv6", value: 0xfe80n << 112n | BigInt(n) };
}

function toggle<Value>(set: Set<Value>, value: Value, isIn: boolean): void {
  if (isIn) set.add(value);
  else set.delete(value);
}

function poolOf(
  domain: number,
  addresses: readonly SimAddress[],
  without: ReadonlySet<string>,
): Pool {
  const all = [
    `10.${domain}.1.0-10.${domain}.255.255`,
    `fd00:${domain + 1}::1:0-fd00:${domain + 1}::1:ffff`,
  ];
  const some = addresses.filter((address) => address.domain === domain && !without.has(address.key))
    .map(({ key }) => `${key}-${key}`);
  return {
    name: `pool-${domain}`,
    source: SOURCE,
    labels: {},
    ranges: (without.size === 0 ? all : some).map(rangeOf),
    autoAssign: true,
    avoidBuggyIPs: false,
  };
}

function rangeOf(text: string): IpRange {
  const range = parseRange(text);
  if (typeof range === "string") throw new RangeError(range);
  return range;
}

function advertisementOf(domain: number, preferred: readonly string[]): L2Advertisement {
  const preferences = preferred.map((name, place) => ({
    weight: preferred.length - place,
    selector: { matchLabels: { [HOST_LABEL]: name }, matchExpressions: [] },
  }));
  return {
    ...preferences.length === 0 ? {} : { preferences },
    name: `advertisement-${domain}`,
    source: SOURCE,
    pools: [`pool-${domain}`],
    nodeSelectors: [],
    interfaces: [],
    serviceSelectors: [],
  };
}

function serviceOf(
  name: string,
  addresses: readonly SimAddress[],
  externalTrafficPolicy: "Cluster" | "Local",
): Service {
  return {
    meta: metaOf("default", name, {}),
    type: "LoadBalancer",
    loadBalancerClass: undefined,
    loadBalancerIP: undefined,
    externalTrafficPolicy,
    ipFamilies: [],
    ipFamilyPolicy: undefined,
    clusterIPs: [],
    ports: [],
    selector: {},
    ingress: addresses.map(({ key }) => ({ ip: key, hostname: undefined })),
    conditions: [],
  };
}

function metaOf(
  namespace: string,
  name: string,
  labels: Readonly<Record<string, string>>,
): ObjectMeta {
  return {
    namespace,
    name,
    uid: `${namespace}/${name}`,
    resourceVersion: "1",
    creationTimestamp: "",
    labels,
    annotations: {},
    deletionTimestamp: undefined,
  };
}
