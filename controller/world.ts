import type { ConfigInput } from "../config/assemble.ts";
import { CONFLICTS_ANNOTATION, parseConflicts, PRESENCE_LABEL } from "../config/presence.ts";
import {
  type Cache,
  catchUp,
  CONFIG_MAPS,
  type CustomResource,
  customResource,
  isSameCustomResource,
  type Kube,
  LEASES,
  type Namespace,
  NAMESPACES,
  type ObjectMeta,
  type Resource,
  type Service,
  SERVICES,
  startCache,
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

const METALLB = "metallb.io/v1beta1";
/** MetalLB's pools. */
export const POOLS = customResource(METALLB, "IPAddressPool", "ipaddresspools");
const L2_ADVERTISEMENTS = customResource(METALLB, "L2Advertisement", "l2advertisements");

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
  const named = { namespace, fieldSelector: `metadata.name=${configMapName}` };
  const changed = new ChangedKeys();
  const onServices = (keys: ReadonlySet<string>): void => {
    changed.add(keys);
    deps.onChange();
  };
  const onNamespaces = (names: ReadonlySet<string>): void => {
    for (const [key, { meta }] of services.objects) {
      if (names.has(meta.namespace)) changed.add([key]);
    }
    deps.onChange();
  };
  const services = startCache(deps.kube, SERVICES, {}, { ...deps, onChange: onServices }, signal);
  const namespaces = startCache(
    deps.kube,
    NAMESPACES,
    {},
    { ...deps, onChange: onNamespaces },
    signal,
  );
  const configMaps = startCache(deps.kube, CONFIG_MAPS, named, deps, signal);
  const pools = startCache(
    deps.kube,
    POOLS,
    { namespace },
    { ...deps, isSame: isSameCustomResource },
    signal,
  );
  const advertisements = startCache(deps.kube, L2_ADVERTISEMENTS, { namespace }, deps, signal);
  const present = { namespace, labelSelector: PRESENCE_LABEL };
  const conflicts = startCache(deps.kube, CONFLICTS, present, deps, signal);
  const bgp = watchBgpObjects(deps.kube, namespace, deps, signal);
  const caches = [services, namespaces, configMaps, pools, advertisements, conflicts];
  return {
    get isSynced() {
      return caches.every((cache) => cache.isSynced);
    },
    get services() {
      return services.objects;
    },
    takeChanged: () => changed.take(),
    get namespaces() {
      return namespaces.objects;
    },
    configuration: () => ({
      ...configMapIn(configMaps, `${namespace}/${configMapName}`),
      pools: valuesOf(pools),
      l2Advertisements: valuesOf(advertisements),
      ...bgp.lists(),
    }),
    conflicts: () => [...conflicts.objects.values()],
    catchUp: async (until) => {
      await Promise.all([
        catchUp(deps.kube, services, {}, deps, until),
        catchUp(deps.kube, namespaces, {}, deps, until),
        catchUp(deps.kube, configMaps, named, deps, until),
        catchUp(deps.kube, pools, { namespace }, deps, until),
        catchUp(deps.kube, advertisements, { namespace }, deps, until),
        catchUp(deps.kube, conflicts, present, deps, until),
      ]);
    },
    ended: Promise.all([...caches, bgp].map(({ ended }) => ended)).then(() => {}),
  };
}

function configMapIn(
  cache: Cache<{ readonly meta: Service["meta"]; readonly data: Readonly<Record<string, string>> }>,
  key: string,
): Pick<ConfigInput, "configMap"> {
  const object = cache.objects.get(key);
  if (object === undefined) return {};
  const { namespace, name, uid } = object.meta;
  const { apiVersion, kind: objectKind } = cache.resource;
  return {
    configMap: {
      source: { kind: "object", apiVersion, objectKind, namespace, name, uid },
      text: object.data["config"] ?? "",
      keys: Object.keys(object.data),
    },
  };
}

function valuesOf(cache: Cache<CustomResource>): readonly CustomResource[] {
  return [...cache.objects.values()];
}
