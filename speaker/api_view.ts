import {
  type AddressInUse,
  type ConfigInput,
  type InForce,
  METALLB_V1BETA1,
  nextInForce,
} from "../config/mod.ts";
import { formatIp, parseIp } from "../ip/address.ts";
import {
  type Cache,
  CONFIG_MAPS,
  type ConfigMap,
  type CustomResource,
  customResource,
  ENDPOINT_SLICES,
  type EndpointSlice,
  keyOf,
  type Kube,
  LEASES,
  type Node,
  NODES,
  type Resource,
  type RunningCache,
  type Selection,
  type Service,
  SERVICES,
  startCache,
} from "../kube/mod.ts";
import type { ClientMetrics } from "../ops/client_metrics.ts";
import type { Clock } from "../ops/clock.ts";
import type { Log } from "../ops/log.ts";
import type { Snapshot } from "./desired/desired.ts";
import { endpointNodes } from "./desired/endpoint_nodes.ts";
import type { OwnNode } from "./desired/farewell.ts";
import type { Interface } from "./desired/interfaces.ts";
import { PRESENCE_LABEL } from "../config/presence.ts";
import { readPresence } from "./presence.ts";

export interface ApiViewOptions {
  readonly namespace: string;
  readonly configMapName: string;
  /** Empty: Services without a class. */
  readonly lbClass: string;
}

export interface ApiViewDeps {
  readonly kube: Kube;
  readonly clock: Clock;
  readonly random: () => number;
  readonly log: Log;
  /** "Look again." */
  readonly onChange: () => void;
  readonly metrics: ClientMetrics;
}

/** What the API says, without what this node knows of itself. */
export type ApiSnapshot = Omit<Snapshot, "node" | "local" | "onCordon">;

/**
 * The part of the API that a speaker looks at, kept current by watches. While the server is away it stays
 * as it was.
 */
export class ApiView {
  readonly #options: ApiViewOptions;
  readonly #deps: ApiViewDeps;
  readonly #signal: AbortSignal;
  readonly #services: RunningCache<Service>;
  readonly #nodes: RunningCache<Node>;
  readonly #presences: RunningCache<readonly [node: string, interfaces: readonly Interface[]]>;
  readonly #config: ConfigCaches;
  #slices: RunningCache<EndpointSlice> | undefined;
  #inForce: InForce | undefined;
  /** Read once for each Service, for as long as the object is the same. */
  readonly #usedBy = new WeakMap<Service, readonly AddressInUse[]>();

  constructor(options: ApiViewOptions, deps: ApiViewDeps, signal: AbortSignal) {
    this.#options = options;
    this.#deps = deps;
    this.#signal = signal;
    const { namespace, configMapName } = options;
    this.#services = this.#start(servicesOf(options.lbClass), {});
    this.#nodes = this.#start(NODES, {});
    this.#presences = this.#start(PRESENCES, { namespace, labelSelector: PRESENCE_LABEL });
    const fieldSelector = `metadata.name=${configMapName}`;
    this.#config = {
      configMaps: this.#start(CONFIG_MAPS, { namespace, fieldSelector }),
      pools: this.#start(POOLS, { namespace }),
      l2Advertisements: this.#start(L2_ADVERTISEMENTS, { namespace }),
    };
  }

  /** Whether all that the API has was seen once, be there a configuration or not. */
  get isSynced(): boolean {
    const { configMaps, pools, l2Advertisements } = this.#config;
    const caches = [this.#services, this.#nodes, this.#presences];
    return [...caches, configMaps, pools, l2Advertisements].every(({ isSynced }) => isSynced);
  }

  /** What the API says now; absent until all of it is known, and until there was a valid configuration. */
  snapshot(): ApiSnapshot | undefined {
    if (!this.isSynced) return undefined;
    const services = [...this.#services.objects.values()];
    const config = this.#foldConfig(services).config;
    if (config === undefined) return undefined;
    const endpoints = this.#endpoints(services);
    if (endpoints === undefined) return undefined;
    return {
      config,
      services,
      nodes: this.#nodes.objects.values(),
      presences: new Map(this.#presences.objects.values()),
      endpoints,
    };
  }

  /** A node, where the API told of it. */
  node(name: string): Node | undefined {
    return this.#nodes.objects.get(name);
  }

  /** The same, with the difference between a node that is gone and an API that has not answered. */
  ownNode(name: string): OwnNode {
    const node = this.node(name);
    if (node !== undefined) return { kind: "there", node };
    return { kind: this.#nodes.isSynced ? "gone" : "unknown" };
  }

  /** Whether the address, as canonical text, is the first that a Service (`namespace/name`) has. */
  isFirst(address: string, service: string): boolean {
    const first = this.#services.objects.get(service)?.ingress[0]?.ip ?? "";
    if (first === address) return true;
    const parsed = parseIp(first);
    return parsed !== undefined && formatIp(parsed) === address;
  }

  /** Resolves when every watch has stopped. */
  async ended(): Promise<void> {
    const { configMaps, pools, l2Advertisements } = this.#config;
    const caches = [this.#services, this.#nodes, this.#presences];
    await Promise.all([...caches, configMaps, pools, l2Advertisements].map((each) => each.ended));
    await this.#slices?.ended;
  }

  #start<T>(resource: Resource<T>, selection: Selection): RunningCache<T> {
    return startCache(this.#deps.kube, resource, selection, this.#deps, this.#signal);
  }

  #foldConfig(services: readonly Service[]): InForce {
    const before = this.#inForce;
    const inUse = services.flatMap((service) => this.#inUse(service));
    const next = nextInForce(before, inputOf(this.#config), inUse);
    this.#inForce = next;
    this.#deps.metrics.looked();
    this.#deps.metrics.configuration({
      isLoaded: next.config !== undefined,
      isStale: next.isStale,
    });
    if (next.isStale && next.rejected?.message !== before?.rejected?.message) {
      this.#deps.metrics.failed();
      this.#deps.log("warn", "configStale", { reason: next.rejected?.message });
    }
    return next;
  }

  #inUse(service: Service): readonly AddressInUse[] {
    const known = this.#usedBy.get(service);
    if (known !== undefined) return known;
    const used = addressesOf(service);
    this.#usedBy.set(service, used);
    return used;
  }

  /** Looked at from the first Service with policy Local on. */
  #endpoints(services: readonly Service[]): ApiSnapshot["endpoints"] | undefined {
    const local = services.filter(({ externalTrafficPolicy }) => externalTrafficPolicy === "Local");
    if (local.length === 0) return new Map();
    this.#slices ??= this.#start(ENDPOINT_SLICES, {});
    if (!this.#slices.isSynced) return undefined;
    return endpointNodes(local, this.#slices.objects.values());
  }
}

interface ConfigCaches {
  readonly configMaps: RunningCache<ConfigMap>;
  readonly pools: RunningCache<CustomResource>;
  readonly l2Advertisements: RunningCache<CustomResource>;
}

const POOLS = customResource(METALLB_V1BETA1, "IPAddressPool", "ipaddresspools");
const L2_ADVERTISEMENTS = customResource(METALLB_V1BETA1, "L2Advertisement", "l2advertisements");

const PRESENCES: Resource<readonly [string, readonly Interface[]]> = {
  ...LEASES,
  parse: (object) => {
    const lease = LEASES.parse(object);
    const presence = lease === undefined ? undefined : readPresence(lease);
    return presence === undefined ? undefined : [presence.node, presence.interfaces];
  },
};

/** Services that have an address and are ours; of thousands of others nothing is kept. */
function servicesOf(lbClass: string): Resource<Service> {
  return {
    ...SERVICES,
    parse: (object) => {
      const service = SERVICES.parse(object);
      if (service?.type !== "LoadBalancer" || service.ingress.length === 0) return undefined;
      return (service.loadBalancerClass ?? "") === lbClass ? service : undefined;
    },
  };
}

function inputOf({ configMaps, pools, l2Advertisements }: ConfigCaches): ConfigInput {
  const [configMap] = configMaps.objects.values();
  const lists = { pools: valuesOf(pools), l2Advertisements: valuesOf(l2Advertisements) };
  if (configMap === undefined) return lists;
  const { namespace, name, uid } = configMap.meta;
  const object = { kind: "object", apiVersion: "v1", objectKind: "ConfigMap" } as const;
  return {
    ...lists,
    configMap: {
      source: { ...object, namespace, name, uid },
      text: configMap.data["config"] ?? "",
    },
  };
}

/** In order of name, so that the same objects are the same input. */
function valuesOf<T>(cache: Cache<T>): readonly T[] {
  return [...cache.objects].toSorted(([a], [b]) => a < b ? -1 : 1).map(([, object]) => object);
}

function addressesOf({ meta, ingress }: Service): readonly AddressInUse[] {
  return ingress.flatMap(({ ip }) => {
    const address = ip === undefined ? undefined : parseIp(ip);
    return address === undefined ? [] : [{ service: keyOf(meta), address }];
  });
}
