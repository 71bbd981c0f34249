import { Registry } from "prom-client";
import { parse as parseYaml } from "yaml";
import { CONFLICTS_ANNOTATION, PRESENCE_LABEL } from "../config/presence.ts";
import { POOLS } from "../config/resources.ts";
import { type ControllerOptions, runController } from "../controller/mod.ts";
import {
  customResource,
  isAlreadyExists,
  isNotFound,
  type Json,
  type JsonObject,
  type Kube,
  KubeError,
  LEASES,
  mergePatch,
  pathOf,
  type RunningCache,
  type Service,
  SERVICES,
  startCache,
} from "../kube/mod.ts";
import { isObject, objectAt, stringAt } from "../kube/json.ts";
import { systemClock } from "../ops/clock.ts";
import type { Log, LogFields } from "../ops/log.ts";
import { eventually } from "./eventually.ts";

/** Opens a client of its own for one part of a story; `name` is its user agent. */
export type OpenKube = (name: string) => Promise<Kube & Disposable>;

/** A leader that runs in this process. */
export interface StagedLeader {
  readonly registry: Registry;
  /** Names of the events that it logged. */
  readonly logged: ReadonlySet<string>;
  isReady(): boolean;
  /** Stops it in an orderly way; may be called again. */
  stop(): Promise<void>;
}

/** What people are told about an object. */
export interface ToldEvent {
  readonly about: string;
  readonly uid: string;
  readonly type: string;
  readonly reason: string;
  readonly message: string;
  readonly component: string;
}

const TOLD = {
  ...customResource("v1", "Event", "events"),
  parse: (object: JsonObject): ToldEvent => ({
    about: stringAt(objectAt(object, "involvedObject"), "name") ?? "",
    uid: stringAt(objectAt(object, "involvedObject"), "uid") ?? "",
    type: stringAt(object, "type") ?? "",
    reason: stringAt(object, "reason") ?? "",
    message: stringAt(object, "message") ?? "",
    component: stringAt(objectAt(object, "source"), "component") ?? "",
  }),
};

const CONFIG_MAP = { apiVersion: "v1", plural: "configmaps" };
const CUSTOM_KIND = {
  apiVersion: "apiextensions.k8s.io/v1",
  plural: "customresourcedefinitions",
};
const NAMESPACE = { apiVersion: "v1", plural: "namespaces" };

/** Who uses which address, by address; `over` (RFC 3339): not any more. */
export type Strangers = Readonly<
  Record<string, { readonly mac: string; readonly over?: string }>
>;

/** What users see of a leader, told against any API server. */
export interface Story {
  readonly name: string;
  readonly run: (stage: LeaderStage) => Promise<void>;
}

/** How long a story waits for what must happen, in milliseconds: far more than it takes. */
const PATIENCE_MS = 30_000;

/** An API server, leaders on it, and eyes on what they do. */
export class LeaderStage implements AsyncDisposable {
  readonly #open: OpenKube;
  readonly #namespace: string;
  readonly #kube: Kube & Disposable;
  readonly #end = new AbortController();
  readonly #waiters = new Set<() => void>();
  readonly #leaders: StagedLeader[] = [];
  /** Of the objects that configure, by name. */
  readonly #uids = new Map<string, string>();
  readonly #services: RunningCache<Service>;
  readonly #events: RunningCache<ToldEvent>;

  private constructor(open: OpenKube, namespace: string, kube: Kube & Disposable) {
    this.#open = open;
    this.#namespace = namespace;
    this.#kube = kube;
    const onChange = (): void => this.#waiters.forEach((look) => look());
    const deps = { clock: systemClock, random: Math.random, log: silent, onChange };
    this.#services = startCache(kube, SERVICES, {}, deps, this.#end.signal);
    this.#events = startCache(kube, TOLD, {}, deps, this.#end.signal);
  }

  /** A stage whose leaders have their configuration and Lease in a namespace of this name. */
  static async open(open: OpenKube, namespace: string): Promise<LeaderStage> {
    const kube = await open("story");
    const stage = new LeaderStage(open, namespace, kube);
    await stage.#post(NAMESPACE, {}, { metadata: { name: namespace } });
    await stage.until(() => stage.#services.isSynced && stage.#events.isSynced, "caches");
    return stage;
  }

  /** Starts a leader that stands for the Lease at once. `wrap` may spoil its client. */
  async startLeader(
    identity: string,
    options: Partial<ControllerOptions> = {},
    wrap: (kube: Kube) => Kube = (kube) => kube,
  ): Promise<StagedLeader> {
    const kube = await this.#open(identity);
    const stop = new AbortController();
    const registry = new Registry();
    const logged = new Set<string>();
    let isReady = false;
    const log: Log = (_level, event, _fields?: LogFields) => {
      logged.add(event);
      this.#waiters.forEach((look) => look());
    };
    const health = {
      beat: (): void => {},
      ready: (value: boolean): void => {
        isReady = value;
        this.#waiters.forEach((look) => look());
      },
    };
    const running = runController(
      { namespace: this.#namespace, configMapName: "config", lbClass: "", identity, ...options },
      { kube: wrap(kube), clock: systemClock, random: Math.random, log, registry, health },
      stop.signal,
    ).finally(() => kube[Symbol.dispose]());
    const leader: StagedLeader = {
      registry,
      logged,
      isReady: () => isReady,
      stop: async () => {
        stop.abort();
        await running;
      },
    };
    this.#leaders.push(leader);
    return leader;
  }

  /** Writes MetalLB's ConfigMap, whatever it was before. */
  async configure(text: string): Promise<void> {
    const target = { namespace: this.#namespace, name: "config" };
    const data = { config: text };
    try {
      await this.#kube.request(mergePatch(CONFIG_MAP, target, { data }), this.#end.signal);
    } catch (error) {
      if (!isNotFound(error)) throw error;
      const namespace = this.#namespace;
      await this.#post(CONFIG_MAP, { namespace }, { metadata: { name: "config" }, data });
    }
  }

  /** Makes MetalLB's custom kinds known; resolves when they are served. */
  async installKinds(): Promise<void> {
    const folder = new URL("../deploy/crds/", import.meta.url);
    for (const name of ["metallb.io_ipaddresspools.yaml", "metallb.io_l2advertisements.yaml"]) {
      const body: Json = parseYaml(await Deno.readTextFile(new URL(name, folder)));
      if (isObject(body)) await this.#install(body);
    }
    await eventually("the custom kinds", PATIENCE_MS / 1000, async () => {
      try {
        const path = pathOf(POOLS, { namespace: this.#namespace });
        return await this.#kube.request({ method: "GET", path }, this.#end.signal);
      } catch (error) {
        // 429: the storage of a kind that was just made known.
        if (isNotFound(error) || error instanceof KubeError && error.status === 429) {
          return undefined;
        }
        throw error;
      }
    });
  }

  /** A kind that another story made known is left as it is. */
  async #install(kind: JsonObject): Promise<void> {
    try {
      await this.#post(CUSTOM_KIND, {}, kind);
    } catch (error) {
      if (!isAlreadyExists(error)) throw error;
    }
  }

  async createPool(
    name: string,
    addresses: readonly string[],
    more: JsonObject = {},
  ): Promise<void> {
    const at = { namespace: this.#namespace };
    await this.#post(POOLS, at, {
      apiVersion: POOLS.apiVersion,
      kind: POOLS.kind,
      metadata: { name, namespace: this.#namespace },
      spec: { addresses, ...more },
    });
  }

  async deletePool(name: string): Promise<void> {
    const path = pathOf(POOLS, { namespace: this.#namespace, name });
    await this.#kube.request({ method: "DELETE", path }, this.#end.signal);
  }

  /** Merges labels into those of a Namespace; null removes one. */
  async labelNamespace(
    name: string,
    labels: Readonly<Record<string, string | null>>,
  ): Promise<void> {
    const call = mergePatch(NAMESPACE, { namespace: "", name }, { metadata: { labels } });
    await this.#kube.request(call, this.#end.signal);
  }

  /** What a node's speaker tells of strangers: MAC, and whether it is over, by address; `gone`: no speaker. */
  async report(node: string, strangers: Strangers | "gone"): Promise<void> {
    const target = { namespace: this.#namespace, name: `lanlord-speaker-${node}` };
    if (strangers === "gone") {
      const path = pathOf(LEASES, target);
      await this.#kube.request({ method: "DELETE", path }, this.#end.signal);
      return;
    }
    const conflicts = Object.entries(strangers).map(([address, { mac, over }]) => {
      const since = "2026-01-01T00:00:00Z";
      return { address, mac, interface: "eth0", since, ...(over === undefined ? {} : { over }) };
    });
    const annotations = { [CONFLICTS_ANNOTATION]: JSON.stringify({ conflicts }) };
    const metadata = { labels: { [PRESENCE_LABEL]: "speaker" }, annotations };
    const spec = { holderIdentity: node };
    try {
      await this.#kube.request(mergePatch(LEASES, target, { metadata, spec }), this.#end.signal);
    } catch (error) {
      if (!isNotFound(error)) throw error;
      const { namespace, name } = target;
      await this.#post(LEASES, { namespace }, { metadata: { ...metadata, name }, spec });
    }
  }

  /** Creates a Service of type LoadBalancer in namespace `default`. */
  async createService(name: string, more: JsonObject = {}): Promise<void> {
    const { annotations = {}, ...spec } = more;
    await this.#post(SERVICES, { namespace: "default" }, {
      metadata: { name, annotations },
      spec: { type: "LoadBalancer", ports: [{ port: 80 }], selector: { app: name }, ...spec },
    });
  }

  /** Merges changes into a Service, or into its status. */
  async patchService(name: string, changes: JsonObject, subresource?: string): Promise<void> {
    const target = { namespace: "default", name };
    const call = mergePatch(SERVICES, target, changes, subresource);
    await this.#kube.request(call, this.#end.signal);
  }

  async deleteService(name: string): Promise<void> {
    const path = pathOf(SERVICES, { namespace: "default", name });
    await this.#kube.request({ method: "DELETE", path }, this.#end.signal);
  }

  /** Stops all leaders, then deletes every Service in namespace `default`, but the API server's own. */
  async deleteAll(): Promise<void> {
    await Promise.all(this.#leaders.map((leader) => leader.stop()));
    const names = [...this.#services.objects.values()].map(({ meta }) => meta)
      .filter(({ namespace, name }) => namespace === "default" && name !== "kubernetes")
      .map(({ name }) => name);
    for (const name of names) await this.deleteService(name);
  }

  service(name: string): Service | undefined {
    return this.#services.objects.get(`default/${name}`);
  }

  /** The addresses in a Service's status, joined by commas; empty without any. */
  addressOf(name: string): string {
    return this.service(name)?.ingress.map(({ ip }) => ip).join(",") ?? "";
  }

  /** What was told about a Service that exists, or about a configuration, as `reason: message`, sorted. */
  toldAbout(name: string): readonly string[] {
    const uid = this.service(name)?.meta.uid ?? this.#uids.get(name);
    return [...this.#events.objects.values()]
      .filter((event) => event.about === name && event.uid === uid)
      .map(({ reason, message }) => `${reason}: ${message}`).toSorted();
  }

  /** The components that told anything. */
  tellers(): ReadonlySet<string> {
    return new Set([...this.#events.objects.values()].map(({ component }) => component));
  }

  /** Resolves when the claim holds. @throws Error when it does not for a long time */
  async until(claim: () => boolean, what: string): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<boolean>();
    const look = (): void => {
      if (claim()) resolve(true);
    };
    const done = new AbortController();
    this.#waiters.add(look);
    look();
    const late = systemClock.sleep(PATIENCE_MS, done.signal).then(() => false);
    const holds = await Promise.race([promise, late]);
    this.#waiters.delete(look);
    done.abort();
    if (!holds) throw new Error(`Cannot go on: waited ${PATIENCE_MS / 1000} s for ${what}`);
  }

  async untilAddress(name: string, want: string): Promise<void> {
    await this.until(() => this.addressOf(name) === want, `"${want}" at ${name}`)
      .catch((error) => {
        throw new Error(`${error.message}, found "${this.addressOf(name)}"`);
      });
  }

  async untilTold(name: string, want: string): Promise<void> {
    await this.until(() => this.toldAbout(name).includes(want), `"${want}" about ${name}`)
      .catch((error) => {
        throw new Error(`${error.message}, found ${JSON.stringify(this.toldAbout(name))}`);
      });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all(this.#leaders.map((leader) => leader.stop()));
    this.#end.abort();
    await Promise.all([this.#services.ended, this.#events.ended]);
    this.#kube[Symbol.dispose]();
  }

  async #post(
    kind: { readonly apiVersion: string; readonly plural: string },
    at: { readonly namespace?: string },
    body: JsonObject,
  ): Promise<void> {
    const call = { method: "POST" as const, path: pathOf(kind, at), body };
    const answer = await this.#kube.request(call, this.#end.signal);
    const meta = objectAt(isObject(answer) ? answer : {}, "metadata");
    this.#uids.set(stringAt(meta, "name") ?? "", stringAt(meta, "uid") ?? "");
  }
}

const silent: Log = () => {};
