import { type ConfigInput, configMapInput } from "../config/assemble.ts";
import { CONFLICTS_ANNOTATION, parseConflicts, PRESENCE_LABEL } from "../config/presence.ts";
import { L2_ADVERTISEMENTS, POOLS } from "../config/resources.ts";
import {
  type Cache,
  type CacheDeps,
  catchUp,
  CONFIG_MAPS,
  type CustomResource,
  isSameCustomResource,
  type Kube,
  LEASES,
  type Namespace,
  NAMESPACES,
  type ObjectMeta,
  type Resource,
  type RunningCache,
  type Sameness,
  type Selection,
  type Service,
  SERVICES,
  startCache,
  type Versioned,
} from "../kube/mod.ts";
import type { Clock } from "../ops/clock.ts";
import type { Log } from "../ops/log.ts";
import { watchBgpObjects } from "./bgp_objects.ts";
import { ChangedKeys } from "./changed_keys.ts";
import type { NodeConflicts } from "./quarantine.ts";

/** Everything the leader reads, kept current by watches. */
export interface World {
  /** Whether each kind has been listed once. */
  readonly isSynced: boolean;
  /** By `namespace/name`, of all types and classes. */
  readonly services: ReadonlyMap<string, Service>;
  /** Keys of the Services of which, or of whose Namespace, something may have changed since this was last asked. */
  takeChanged(): ReadonlySet<string>;
  /** By name. A change is of consequence to the Services in it. */
  readonly namespaces: ReadonlyMap<string, Namespace>;
  /** The objects that configure, as they are now. */
  configuration(): ConfigInput;
  /** What the nodes' speakers tell of strangers, as of now. */
  conflicts(): readonly NodeConflicts[];
  /** Resolves when everything shows what was written before this call, or when the signal aborts. */
  catchUp(signal: AbortSignal): Promise<void>;
  /** Resolves when all watches have stopped, after the signal aborted. */
  readonly ended: Promise<void>;
}

export interface WorldDeps {
  readonly kube: Kube;
  readonly clock: Clock;
  readonly random: () => number;
  readonly log: Log;
  readonly onChange: () => void;
}

/** The presence Leases that tell of strangers; of the others, which are almost all, nothing is kept. */
const CONFLICTS: Resource<NodeConflicts & { readonly meta: ObjectMeta }> = {
  ...LEASES,
  parse: (object) => {
    const lease = LEASES.parse(object);
    const node = lease?.holderIdentity;
    if (lease === undefined || node === undefined) return undefined;
    const { meta } = lease;
    const text = meta.annotations[CONFLICTS_ANNOTATION];
    return text === undefined ? undefined : { meta, node, conflicts: parseConflicts(text) };
  },
};

/**
 * Watches all Services and Namespaces, and in one namespace the ConfigMap of this name, MetalLB's custom resources and
 * what speakers tell of strangers.
 */
export function watchWorld(
  at: { readonly namespace: string; readonly configMapName: string },
  deps: WorldDeps,
  signal: AbortSignal,
): World {
  const { namespace, configMapName } = at;
  const caches: Followed[] = [];
  const start = <T extends Versioned>(
    resource: Resource<T>,
    selection: Selection,
    more: Partial<CacheDeps> & Sameness<T> = {},
  ): RunningCache<T> => {
    const cache = startCache(deps.kube, resource, selection, { ...deps, ...more }, signal);
    caches.push({ cache, catchUp: (until) => catchUp(deps.kube, cache, selection, deps, until) });
    return cache;
  };
  const changed = new ChangedKeys();
  const services = start(SERVICES, {}, {
    onChange: (keys) => {
      changed.add(keys);
      deps.onChange();
    },
  });
  const namespaces = start(NAMESPACES, {}, {
    onChange: (names) => {
      for (const [key, { meta }] of services.objects) {
        if (names.has(meta.namespace)) changed.add([key]);
      }
      deps.onChange();
    },
  });
  const fieldSelector = `metadata.name=${configMapName}`;
  const configMaps = start(CONFIG_MAPS, { namespace, fieldSelector });
  const pools = start(POOLS, { namespace }, { isSame: isSameCustomResource });
  const advertisements = start(L2_ADVERTISEMENTS, { namespace });
  const conflicts = start(CONFLICTS, { namespace, labelSelector: PRESENCE_LABEL });
  const bgp = watchBgpObjects(deps.kube, namespace, deps, signal);
  return {
    get isSynced() {
      return caches.every(({ cache }) => cache.isSynced);
    },
    get services() {
      return services.objects;
    },
    takeChanged: () => changed.take(),
    get namespaces() {
      return namespaces.objects;
    },
    configuration: () => {
      const configMap = configMaps.objects.get(`${namespace}/${configMapName}`);
      return {
        ...configMap && { configMap: configMapInput(configMap) },
        pools: valuesOf(pools),
        l2Advertisements: valuesOf(advertisements),
        ...bgp.lists(),
      };
    },
    conflicts: () => [...conflicts.objects.values()],
    catchUp: async (until) => {
      await Promise.all(caches.map((each) => each.catchUp(until)));
    },
    ended: Promise.all([...caches.map(({ cache }) => cache), bgp].map(({ ended }) => ended))
      .then(() => {}),
  };
}

/** A cache that nothing is decided without. */
interface Followed {
  readonly cache: Pick<RunningCache<unknown>, "isSynced" | "ended">;
  readonly catchUp: (signal: AbortSignal) => Promise<void>;
}

function valuesOf(cache: Cache<CustomResource>): readonly CustomResource[] {
  return [...cache.objects.values()];
}
