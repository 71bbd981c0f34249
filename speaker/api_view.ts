import {
  type AddressInUse,
  type ConfigInput,
  configMapInput,
  type InForce,
  L2_ADVERTISEMENTS,
  nextInForce,
  POOLS,
} from "../config/mod.ts";
import { formatIp, parseIp } from "../ip/address.ts";
import {
  CONFIG_MAPS,
  type ConfigMap,
  type CustomResource,
  ENDPOINT_SLICES,
  isSameCustomResource,
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
import { AdvertisementsSeen } from "./desired/advertisements_seen.ts";
import type { Snapshot } from "./desired/desired.ts";
import { endpointNodes } from "./desired/endpoint_nodes.ts";
import type { OwnNode } from "./desired/farewell.ts";
import { formatInterfaces, type Interface } from "./desired/interfaces.ts";
import { PRESENCE_LABEL } from "../config/presence.ts";
import { readPresence } from "./desired/presence_lease.ts";
import { SliceWatches } from "./slices/slice_watches.ts";

export interface ApiViewOptions {
  readonly namespace: string;
  readonly configMapName: string;
  /** Empty: Services without a class. */
  readonly lbClass: string;
  /**
   * L2Advertisements stay in force when they are deleted, which is how MetalLB is made to fall silent. Where a start
   * finds none, the API counts as not heard yet: what an earlier run knew of them is kept elsewhere.
   * @default false
   */
  readonly besideMetallb?: boolean;
}

export interface ApiViewDeps {
  readonly kube: Kube;
  readonly clock: Clock;
  readonly random: () => number;
  readonly log: Log;
  /** "Look again." */
  readonly onChange: () => void;
  readonly metrics: ClientMetrics;
  /** What became of the configuration; called at each look. */
  readonly onConfiguration?: (inForce: InForce) => void;
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
  readonly #presences: RunningCache<NodePresence>;
  readonly #config: ConfigCaches;
  readonly #slices: SliceWatches;
  /** The Services of the last snapshot; before the first: absent. */
  #shown: readonly Service[] | undefined;
  #inForce: InForce | undefined;
  readonly #advertisements: AdvertisementsSeen<CustomResource>;
  /** Read once for each Service, for as long as the object is the same. */
  readonly #usedBy = new WeakMap<Service, readonly AddressInUse[]>();

  constructor(options: ApiViewOptions, deps: ApiViewDeps, signal: AbortSignal) {
    this.#options = options;
    this.#deps = deps;
    this.#signal = signal;
    const { namespace, configMapName, besideMetallb = false } = options;
    this.#advertisements = new AdvertisementsSeen({ staysInForce: besideMetallb });
    this.#services = this.#start(servicesOf(options.lbClass), { narrowing: LOAD_BALANCERS });
    this.#nodes = this.#start(SEEN_NODES, { pageSize: NODES_PAGE }, isSameNode);
    this.#presences = this.#start(
      PRESENCES,
      { namespace, labelSelector: PRESENCE_LABEL },
      isSamePresence,
    );
    const fieldSelector = `metadata.name=${configMapName}`;
    this.#config = {
      configMaps: this.#start(CONFIG_MAPS, { namespace, fieldSelector }),
      pools: this.#start(POOLS, { namespace }, isSameCustomResource),
      l2Advertisements: this.#start(L2_ADVERTISEMENTS, { namespace }),
    };
    this.#slices = new SliceWatches({
      ...deps,
      start: (selection, until) => startCache(deps.kube, ENDPOINT_SLICES, selection, deps, until),
    }, signal);
  }

  /** Whether all that the API has was seen once, be there a configuration or not. */
  get isSynced(): boolean {
    const { configMaps, pools, l2Advertisements } = this.#config;
    const caches = [this.#services, this.#nodes, this.#presences];
    return [...caches, configMaps, pools, l2Advertisements].every(({ isSynced }) => isSynced);
  }

  /** Whether the last snapshot found nothing to go by: more is not waited for. */
  get hasNothingToAnnounce(): boolean {
    if (this.#inForce === undefined) return false;
    const { config, newest: { input } } = this.#inForce;
    const awaitsAdvertisements = this.#options.besideMetallb === true &&
      input.configMap === undefined && input.l2Advertisements.length === 0;
    return config === undefined || awaitsAdvertisements;
  }

  /** What the API says now; absent until all of it is known, and until there was a valid configuration. */
  snapshot(): ApiSnapshot | undefined {
    if (!this.isSynced) return undefined;
    const services = [...this.#services.objects.values()];
    const config = this.#foldConfig(services).config;
    if (config === undefined || this.hasNothingToAnnounce) return undefined;
    const shown = this.#known(services);
    if (shown === undefined) return undefined;
    this.#shown = shown;
    return {
      config,
      services: shown,
      nodes: this.#nodes.objects.values(),
      presences: new Map(this.#presences.objects.values()),
      endpoints: endpointNodes(shown.filter(isLocal), this.#slices.slices()),
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
    await this.#slices.ended();
  }

  #start<T>(
    resource: Resource<T>,
    selection: Selection,
    isSame?: (before: T, after: T) => boolean,
  ): RunningCache<T> {
    const deps = isSame === undefined ? this.#deps : { ...this.#deps, isSame };
    return startCache(this.#deps.kube, resource, selection, deps, this.#signal);
  }

  #foldConfig(services: readonly Service[]): InForce {
    const before = this.#inForce;
    const inUse = services.flatMap((service) => this.#inUse(service));
    const next = nextInForce(before, this.#input(), inUse);
    this.#inForce = next;
    this.#deps.onConfiguration?.(next);
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

  #input(): ConfigInput {
    const { configMaps, pools, l2Advertisements } = this.#config;
    const [configMap] = configMaps.objects.values();
    const lists = {
      pools: inOrder(pools.objects),
      l2Advertisements: inOrder(this.#advertisements.see(l2Advertisements.objects)),
    };
    return configMap === undefined ? lists : { ...lists, configMap: configMapInput(configMap) };
  }

  #inUse(service: Service): readonly AddressInUse[] {
    const known = this.#usedBy.get(service);
    if (known !== undefined) return known;
    const used = addressesOf(service);
    this.#usedBy.set(service, used);
    return used;
  }

  /**
   * The Services, those whose endpoints count and were not seen yet as they were before, so that nobody lets go of an
   * address, or takes one, by not knowing. Absent while there was no before.
   */
  #known(services: readonly Service[]): readonly Service[] | undefined {
    const local = services.filter(isLocal);
    this.#slices.want(new Set(local.map(({ meta }) => meta.name)));
    const unseen = new Set(local.filter(({ meta }) => !this.#slices.isKnown(meta.name)));
    if (unseen.size === 0) return services;
    if (this.#shown === undefined) return undefined;
    const before = new Map(this.#shown.map((service) => [keyOf(service.meta), service]));
    return services.flatMap((service) =>
      unseen.has(service) ? before.get(keyOf(service.meta)) ?? [] : service
    );
  }
}

interface ConfigCaches {
  readonly configMaps: RunningCache<ConfigMap>;
  readonly pools: RunningCache<CustomResource>;
  readonly l2Advertisements: RunningCache<CustomResource>;
}

type NodePresence = readonly [node: string, interfaces: readonly Interface[]];

const PRESENCES: Resource<NodePresence> = {
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

/** What `servicesOf` keeps at most. Kubernetes 1.31 and later know the field. */
const LOAD_BALANCERS = "spec.type=LoadBalancer";

/** A Node has some 14 KB, ten times as much as other objects: its images are in it. */
const NODES_PAGE = 100;

/** Nodes without their annotations, which nobody asks for. */
const SEEN_NODES: Resource<Node> = {
  ...NODES,
  parse: (object) => {
    const node = NODES.parse(object);
    return node && { ...node, meta: { ...node.meta, annotations: {} } };
  },
};

/** The kubelet reports every few minutes that a node is as it was: of that nothing is new. */
function isSameNode(before: Node, after: Node): boolean {
  const textOf = ({ meta, ...node }: Node): string =>
    JSON.stringify({ ...node, meta: { ...meta, resourceVersion: "" } });
  return textOf(before) === textOf(after);
}

/** What the Lease says of conflicts is for the leader. */
function isSamePresence([node, interfaces]: NodePresence, [nodeNow, now]: NodePresence): boolean {
  return node === nodeNow && formatInterfaces(interfaces) === formatInterfaces(now);
}

function isLocal({ externalTrafficPolicy }: Service): boolean {
  return externalTrafficPolicy === "Local";
}

/** In order of name, so that the same objects are the same input. */
function inOrder<T>(objects: ReadonlyMap<string, T>): readonly T[] {
  return [...objects].toSorted(([a], [b]) => a < b ? -1 : 1).map(([, object]) => object);
}

function addressesOf({ meta, ingress }: Service): readonly AddressInUse[] {
  return ingress.flatMap(({ ip }) => {
    const address = ip === undefined ? undefined : parseIp(ip);
    return address === undefined ? [] : [{ service: keyOf(meta), address }];
  });
}
