import type { Config, L2Advertisement, Pool } from "../../config/config.ts";
import { parsePrefix, type Prefix } from "../../ip/prefix.ts";
import { parseRange } from "../../ip/range.ts";
import type { Node, ObjectMeta, Service } from "../../kube/types.ts";
import type { Snapshot } from "../../speaker/desired.ts";
import type { Interface } from "../../speaker/interfaces.ts";
import type { SimAddress } from "./scenario.ts";

/** What the API says: a value that never changes; a change makes another. */
export type ApiState = Omit<Snapshot, "node" | "local">;

const SOURCE = { kind: "file", file: "simulated" } as const;
const EXCLUDE_LABEL = "node.kubernetes.io/exclude-from-external-load-balancers";

/** The Kubernetes API of a simulated cluster: one Service for each address, a pool for each domain. */
export class Cluster {
  readonly #addresses: readonly SimAddress[];
  readonly #presences: ReadonlyMap<string, readonly Interface[]>;
  readonly #excluded = new Set<string>();
  readonly #deleted = new Set<string>();
  readonly #unadvertised = new Set<number>();
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

  setAssigned(address: string, is: "there" | "gone"): void {
    toggle(this.#deleted, address, is === "gone");
    this.#state = this.#compose();
  }

  setAdvertised(domain: number, how: "not" | "again"): void {
    toggle(this.#unadvertised, domain, how === "not");
    this.#state = this.#compose();
  }

  setEndpoints(address: string, nodes: readonly string[] | undefined): void {
    if (nodes === undefined) this.#endpoints.delete(address);
    else this.#endpoints.set(address, new Set(nodes));
    this.#state = this.#compose();
  }

  #compose(): ApiState {
    const domains = [...new Set(this.#addresses.map(({ domain }) => domain))];
    const nodes = Array.from(this.#presences.keys(), (name): Node => ({
      meta: metaOf("", name, this.#excluded.has(name) ? { [EXCLUDE_LABEL]: "" } : {}),
      unschedulable: false,
      taints: [],
      conditions: [],
    }));
    const services = this.#addresses.filter(({ key }) => !this.#deleted.has(key))
      .map(({ key }) => serviceOf(key, this.#endpoints.has(key) ? "Local" : "Cluster"));
    return {
      config: configOf(domains, domains.filter((domain) => !this.#unadvertised.has(domain))),
      services,
      nodes,
      presences: this.#presences,
      endpoints: new Map(
        Array.from(this.#endpoints, ([key, nodes]) => [
          `default/${key}`,
          { ready: nodes, serving: nodes },
        ]),
      ),
    };
  }
}

/** The subnet of a domain. */
export function subnetOf(domain: number): Prefix {
  const prefix = parsePrefix(`10.${domain}.0.0/16`);
  if (prefix === undefined) {
    throw new RangeError(`Cannot number domain: want 0-255, have ${domain}`);
  }
  return prefix;
}

function toggle<Value>(set: Set<Value>, value: Value, isIn: boolean): void {
  if (isIn) set.add(value);
  else set.delete(value);
}

function configOf(domains: readonly number[], advertised: readonly number[]): Config {
  const pools = domains.map((domain): Pool => {
    const range = parseRange(`10.${domain}.1.0-10.${domain}.1.255`);
    if (typeof range === "string") throw new RangeError(range);
    return {
      name: `pool-${domain}`,
      source: SOURCE,
      labels: {},
      ranges: [range],
      autoAssign: true,
      avoidBuggyIPs: false,
    };
  });
  const l2Advertisements = advertised.map((domain): L2Advertisement => ({
    name: `advertisement-${domain}`,
    source: SOURCE,
    pools: [`pool-${domain}`],
    nodeSelectors: [],
    interfaces: [],
    serviceSelectors: [],
  }));
  return { pools, l2Advertisements };
}

function serviceOf(key: string, externalTrafficPolicy: "Cluster" | "Local"): Service {
  return {
    meta: metaOf("default", key, {}),
    type: "LoadBalancer",
    loadBalancerClass: undefined,
    loadBalancerIP: undefined,
    externalTrafficPolicy,
    ipFamilies: [],
    ipFamilyPolicy: undefined,
    clusterIPs: [],
    ports: [],
    selector: {},
    ingress: [{ ip: key, hostname: undefined }],
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
