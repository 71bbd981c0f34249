import type { Config, LabelSelector, Pool, ServiceAllocation } from "../config/config.ts";
import { parseIp } from "../ip/address.ts";
import { parseMac } from "../ip/mac.ts";
import { parsePrefix, prefixRange } from "../ip/prefix.ts";
import { type IpRange, parseRange } from "../ip/range.ts";
import type { EventNote } from "../kube/event_note.ts";
import { objectAt, objectsAt, stringAt } from "../kube/json.ts";
import { keyOf } from "../kube/resource.ts";
import { parseCondition } from "../kube/resources.ts";
import type { Condition, JsonObject, Namespace, Service } from "../kube/types.ts";
import type { SetAside } from "./allocate.ts";
import { decide, type Snapshot } from "./decide.ts";
import type { Action } from "./plan.ts";
import { type NodeConflicts, quarantineOf } from "./quarantine.ts";

/** What a test says of a Service; everything else is as the API defaults it. */
export interface ServiceSpec extends Partial<Omit<Service, "meta" | "ingress">> {
  readonly name: string;
  /** Seconds since the oldest Service of the test. @default 0 */
  readonly age?: number;
  readonly annotations?: Readonly<Record<string, string>>;
  /** @default `default` */
  readonly namespace?: string;
  readonly labels?: Readonly<Record<string, string>>;
  /** Addresses in the status. */
  readonly held?: readonly string[];
  readonly deletionTimestamp?: string;
}

/** A Service: type LoadBalancer, IPv4, TCP port 80. */
export function serviceOf(spec: ServiceSpec): Service {
  const { name, age = 0, annotations = {}, held = [], deletionTimestamp, ...others } = spec;
  const { namespace = "default", labels = {}, ...rest } = others;
  const ipFamilies = rest.ipFamilies ?? ["IPv4"];
  return {
    type: "LoadBalancer",
    loadBalancerClass: undefined,
    loadBalancerIP: undefined,
    externalTrafficPolicy: "Cluster",
    ipFamilyPolicy: "SingleStack",
    clusterIPs: ipFamilies.map((family) => (family === "IPv4" ? "10.96.0.1" : "fd96::1")),
    ports: [{ protocol: "TCP", port: 80 }],
    selector: { app: name },
    conditions: [],
    ...rest,
    ipFamilies,
    meta: {
      namespace,
      name,
      uid: `uid-${name}`,
      resourceVersion: "1",
      creationTimestamp: new Date(1_700_000_000_000 + age * 1000).toISOString(),
      labels,
      annotations,
      deletionTimestamp,
    },
    ingress: held.map((ip) => ({ ip, hostname: undefined })),
  };
}

/** A Service of both families, IPv4 first. */
export function dualServiceOf(spec: ServiceSpec): Service {
  return serviceOf({
    ipFamilies: ["IPv4", "IPv6"],
    ipFamilyPolicy: "PreferDualStack",
    ...spec,
  });
}

/** A pool of the ranges or prefixes given as text. */
export function testPool(
  name: string,
  addresses: readonly string[],
  options: Partial<Pool> = {},
): Pool {
  return {
    name,
    source: { kind: "file", file: "test.yaml" },
    labels: {},
    ranges: addresses.map(rangeOf),
    autoAssign: true,
    avoidBuggyIPs: false,
    ...options,
  };
}

/** A `serviceAllocation` that has these parts. */
export function allocationOf(parts: Partial<ServiceAllocation>): ServiceAllocation {
  return {
    priority: undefined,
    namespaces: [],
    namespaceSelectors: [],
    serviceSelectors: [],
    ...parts,
  };
}

/** The selector of what has this label. */
export function labelled(key: string, value: string): LabelSelector {
  return { matchLabels: { [key]: value }, matchExpressions: [] };
}

/** Namespaces with these labels, by name. */
export function namespacesOf(
  labels: Readonly<Record<string, Readonly<Record<string, string>>>>,
): ReadonlyMap<string, Namespace> {
  return new Map(
    Object.entries(labels).map(([name, own]) => {
      const { meta } = serviceOf({ name });
      return [name, { meta: { ...meta, namespace: "", labels: own } }];
    }),
  );
}

/** A configuration of these pools, which need not be in order. */
export function configOf(...pools: readonly Pool[]): Config {
  return {
    pools: pools.toSorted((a, b) => (a.name < b.name ? -1 : 1)),
    l2Advertisements: [],
  };
}

/** What the API has after some rounds, and what was told on the way. */
export interface Settled {
  readonly services: readonly Service[];
  readonly notes: readonly EventNote[];
  /** Actions of each round; the last round has none. */
  readonly rounds: readonly (readonly Action[])[];
}

/**
 * Decides and applies until there is nothing to do, as the leader does against an API that takes every
 * write.
 *
 * @throws Error when ten rounds are not enough
 */
export function settleAll(
  config: Config | undefined,
  services: readonly Service[],
  options: Partial<Snapshot> = {},
): Settled {
  const rounds: (readonly Action[])[] = [];
  let current = services;
  while (rounds.length < 10) {
    const { actions } = decide({
      config,
      services: current,
      lbClass: undefined,
      now: "2026-01-01T00:00:00Z",
      ...options,
    });
    rounds.push(actions);
    if (actions.length === 0) {
      return { services: current, notes: rounds.flat().flatMap(({ notes }) => notes), rounds };
    }
    current = current.map((service) => applyTo(service, actions));
  }
  throw new Error("Cannot settle: the tenth round still has actions");
}

/** The addresses in the status of each Service, by name. */
export function assigned(services: readonly Service[]): Readonly<Record<string, string>> {
  return Object.fromEntries(
    services.map(({ meta, ingress }) => [meta.name, ingress.map(({ ip }) => ip).join(",")]),
  );
}

/** The Service after the actions about it, as the API server merges their patches. */
export function applyTo(service: Service, actions: readonly Action[]): Service {
  const mine = actions.filter((action) => keyOf(action.service.meta) === keyOf(service.meta));
  return mine.reduce((before, { patch }) => patched(before, patch), service);
}

function patched(service: Service, patch: JsonObject): Service {
  const status = objectAt(patch, "status");
  const annotations = {
    ...service.meta.annotations,
    ...objectAt(objectAt(patch, "metadata"), "annotations"),
  };
  const ingress = objectsAt(objectAt(status, "loadBalancer"), "ingress");
  return {
    ...service,
    meta: {
      ...service.meta,
      resourceVersion: `${Number(service.meta.resourceVersion) + 1}`,
      annotations: Object.fromEntries(
        Object.entries(annotations).flatMap(([name, text]) =>
          typeof text === "string" ? [[name, text]] : []
        ),
      ),
    },
    ingress: "loadBalancer" in status
      ? ingress.map((entry) => ({ ip: stringAt(entry, "ip"), hostname: undefined }))
      : service.ingress,
    conditions: mergeConditions(service.conditions, objectsAt(status, "conditions")),
  };
}

function mergeConditions(
  conditions: readonly Condition[],
  patches: readonly JsonObject[],
): readonly Condition[] {
  const others = conditions.filter(({ type }) => !patches.some((patch) => patch["type"] === type));
  const set = patches.filter((patch) => patch["$patch"] !== "delete").map(parseCondition);
  return [...others, ...set];
}

function rangeOf(text: string): IpRange {
  const prefix = parsePrefix(text);
  if (prefix !== undefined) return prefixRange(prefix);
  const address = parseIp(text);
  const range = parseRange(address === undefined ? text : `${text}-${text}`);
  if (typeof range === "string") throw new SyntaxError(`Cannot read range "${text}": ${range}`);
  return range;
}

/** What a node reports of strangers, each with the same MAC. @param entries `since` is `T0` unless given */
export function reportsOf(
  node: string,
  ...entries: readonly { readonly ip: string; readonly since?: string; readonly over?: string }[]
): NodeConflicts {
  const conflicts = entries.flatMap(({ ip, since = "T0", over }) => {
    const [address, mac] = [parseIp(ip), parseMac("02:00:00:00:00:aa")];
    return address === undefined || mac === undefined
      ? []
      : [{ address, mac, interface: "eth0", since, over }];
  });
  return { node, conflicts };
}

/** These addresses are used by a stranger, as node `n1` sees it, and Services may be moved `left` times. */
export function setAside(ips: readonly string[], left: number = Infinity): SetAside {
  const quarantine = quarantineOf([reportsOf("n1", ...ips.map((ip) => ({ ip })))]);
  return { quarantine, allowance: { left, begun: new Set() } };
}
