import { POOLS } from "../../config/resources.ts";
import {
  customResource,
  isAlreadyExists,
  type JsonObject,
  type Kube,
  KubeError,
  mergePatch,
  pathOf,
  type RunningCache,
  type Service,
  SERVICES,
  startCache,
} from "../../kube/mod.ts";
import { objectAt, stringAt } from "../../kube/json.ts";
import { systemClock } from "../../ops/clock.ts";
import type { Observed, Sight } from "./observe.ts";
import { type Change, keyOf } from "./scenario.ts";

const NAMESPACES = { apiVersion: "v1", plural: "namespaces" };
const POOL_ANNOTATION = "metallb.io/ip-allocated-from-pool";

/** Flags of an API server whose Services may have both families, as scenarios want it. */
export const DUAL_STACK = ["--service-cluster-ip-range=10.96.0.0/12,fd00:10:96::/108"] as const;

const PROBE = "default/probe";

const NOT_OURS = ["default/kubernetes", PROBE];

/** The component of the controller's Events. The API server tells of Services as well. */
const TELLER = "metallb-controller";

interface Told {
  readonly uid: string;
  readonly component: string;
  readonly text: string;
}

const EVENTS = {
  ...customResource("v1", "Event", "events"),
  parse: (object: JsonObject): Told => ({
    uid: stringAt(objectAt(object, "involvedObject"), "uid") ?? "",
    component: stringAt(objectAt(object, "source"), "component") ?? "",
    text: `${stringAt(object, "type")} ${stringAt(object, "reason")}: ` +
      (stringAt(object, "message") ?? ""),
  }),
};

/** Changes a cluster as a user does, and watches what its Services have and are told. */
export class Cluster implements AsyncDisposable {
  readonly #kube: Kube;
  readonly #end = new AbortController();
  readonly #services: RunningCache<Service>;
  readonly #events: RunningCache<Told>;
  readonly #pools = new Set<string>();
  #watchers = new Set<() => void>();
  #namespace = "";
  /** When something was seen last, in milliseconds. */
  #seenAt = performance.now();

  constructor(kube: Kube) {
    this.#kube = kube;
    const onChange = (): void => {
      this.#seenAt = performance.now();
      this.#watchers.forEach((look) => look());
    };
    const deps = { clock: systemClock, random: Math.random, log: () => {}, onChange };
    this.#services = startCache(kube, SERVICES, {}, deps, this.#end.signal);
    this.#events = startCache(kube, EVENTS, {}, deps, this.#end.signal);
  }

  /** Prepares for a scenario whose controller has its configuration in this new namespace. */
  async begin(namespace: string): Promise<void> {
    this.#namespace = namespace;
    this.#pools.clear();
    await this.apply({ kind: "namespace", name: namespace, labels: {} });
    await this.until(() => this.#services.isSynced && this.#events.isSynced);
  }

  /** Removes all Services but the API server's own, and the pools of this scenario. */
  async clear(): Promise<void> {
    for (const name of [...this.#pools]) await this.apply({ kind: "delete pool", name });
    for (const service of this.#keys()) await this.apply({ kind: "delete", service });
    await this.until(() => this.#keys().length === 0);
  }

  /** Does it; `restart` is not for a cluster to do. */
  async apply(change: Exclude<Change, { kind: "restart" }>): Promise<void> {
    switch (change.kind) {
      case "pool":
        return await this.#applyPool(change.name, change.spec);
      case "faulty pool":
        return await this.#applyPool(change.name, change.spec).catch(ignoreRefusal);
      case "delete pool":
        this.#pools.delete(change.name);
        return await this.#delete(POOLS, { namespace: this.#namespace, name: change.name });
      case "namespace":
        return await this.#applyNamespace(change.name, change.labels);
      case "create": {
        const { annotations, labels, spec } = change;
        const { namespace, name } = placeOf(change.service);
        return await this.#post(SERVICES, namespace, {
          metadata: { name, annotations, labels },
          spec: {
            type: "LoadBalancer",
            ports: [{ port: 80 }],
            selector: { app: name },
            ...("type" in spec ? {} : { allocateLoadBalancerNodePorts: false }),
            ...spec,
          },
        });
      }
      case "patch":
        return await this.#merge(SERVICES, placeOf(change.service), change.patch);
      case "status": {
        const status = { loadBalancer: { ingress: change.ingress } };
        return await this.#merge(SERVICES, placeOf(change.service), { status }, "status");
      }
      case "delete":
        return await this.#delete(SERVICES, placeOf(change.service));
      default:
        return change satisfies never;
    }
  }

  /** What all Services have and were told so far. */
  sight(): Sight {
    return Object.fromEntries(this.#keys().map((key) => [key, this.#observe(key)]));
  }

  /**
   * Waits until a leader of Lanlord's has answered a new Service whose request makes no sense. It serves such
   * a one last, so that all that it had to do before is begun.
   *
   * @throws Error when it does not answer for a long time
   */
  async probe(loadBalancerClass: string): Promise<void> {
    const annotations = { "metallb.io/loadBalancerIPs": "?" };
    const spec: JsonObject = loadBalancerClass === "" ? {} : { loadBalancerClass };
    await this.apply({ kind: "create", service: PROBE, annotations, labels: {}, spec });
    const isAnswered = (): boolean =>
      (this.#services.objects.get(keyOf(PROBE))?.conditions.length ?? 0) > 0;
    if (!await this.until(isAnswered)) throw new Error("Cannot go on: the leader does not answer");
    await this.apply({ kind: "delete", service: PROBE });
  }

  /** For how long nothing was seen to change, in milliseconds. */
  quietMs(): number {
    return performance.now() - this.#seenAt;
  }

  /** Whether the claim holds within so many milliseconds. It is asked for at every change. */
  async until(claim: () => boolean, limitMs = 30_000): Promise<boolean> {
    if (claim()) return true;
    const { promise, resolve } = Promise.withResolvers<boolean>();
    const look = (): void => {
      if (claim()) resolve(true);
    };
    const done = new AbortController();
    this.#watchers.add(look);
    const late = systemClock.sleep(limitMs, done.signal).then(() => false);
    const holds = await Promise.race([promise, late]);
    this.#watchers.delete(look);
    done.abort();
    return holds;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#end.abort();
    await Promise.all([this.#services.ended, this.#events.ended]);
  }

  #observe(key: string): Observed {
    const { meta, ingress } = this.#services.objects.get(key) ?? { meta: undefined, ingress: [] };
    const addresses = ingress.map(({ ip, hostname }) => ip ?? hostname ?? "").join(", ");
    const told = [...this.#events.objects.values()]
      .filter(({ uid, component }) => uid === meta?.uid && component === TELLER)
      .map(({ text }) => text);
    const pool = meta?.annotations[POOL_ANNOTATION];
    const from = pool === undefined ? "" : ` from ${pool}`;
    return { has: (addresses || "none") + from, told: [...new Set(told)].toSorted() };
  }

  #keys(): readonly string[] {
    return [...this.#services.objects.keys()].filter((key) => !NOT_OURS.includes(key)).toSorted();
  }

  async #applyPool(name: string, spec: JsonObject): Promise<void> {
    const optional = ["autoAssign", "avoidBuggyIPs", "serviceAllocation"];
    const unset = Object.fromEntries(optional.map((field) => [field, null]));
    const at = { namespace: this.#namespace, name };
    const { apiVersion, kind } = POOLS;
    if (!this.#pools.has(name)) {
      await this.#post(POOLS, at.namespace, { apiVersion, kind, metadata: at, spec });
      this.#pools.add(name);
      return;
    }
    await this.#merge(POOLS, at, { spec: { ...unset, ...spec } });
  }

  async #applyNamespace(name: string, labels: JsonObject): Promise<void> {
    try {
      await this.#post(NAMESPACES, "", { metadata: { name } });
    } catch (error) {
      if (!isAlreadyExists(error)) throw error;
    }
    await this.#merge(NAMESPACES, { namespace: "", name }, { metadata: { labels } });
  }

  async #merge(kind: Kind, at: Place, body: JsonObject, subresource?: string): Promise<void> {
    await this.#kube.request(mergePatch(kind, at, body, subresource), this.#end.signal);
  }

  async #delete(kind: Kind, at: Place): Promise<void> {
    await this.#kube.request({ method: "DELETE", path: pathOf(kind, at) }, this.#end.signal);
  }

  async #post(kind: Kind, namespace: string, body: JsonObject): Promise<void> {
    const path = pathOf(kind, namespace === "" ? {} : { namespace });
    await this.#kube.request({ method: "POST", path, body }, this.#end.signal);
  }
}

type Kind = Parameters<typeof pathOf>[0];

function ignoreRefusal(error: unknown): void {
  if (!(error instanceof KubeError) || error.reason !== "Invalid") throw error;
}

interface Place {
  readonly namespace: string;
  readonly name: string;
}

function placeOf(service: string): Place {
  const [namespace = "", name = ""] = keyOf(service).split("/");
  return { namespace, name };
}
