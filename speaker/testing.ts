/** Objects as the API has them, for tests. */
import type { L2Advertisement, LabelSelector } from "../config/config.ts";
import { type IpAddress, parseIp } from "../ip/address.ts";
import { macFromBytes } from "../ip/mac.ts";
import { parsePrefix } from "../ip/prefix.ts";
import type { Node, ObjectMeta, Service } from "../kube/types.ts";
import type { Interface } from "./desired/interfaces.ts";

/** A Node; `change` goes over what nothing stands against. */
export function nodeOf(
  name: string,
  { labels = {}, ...change }: Partial<Omit<Node, "meta">> & Partial<Pick<ObjectMeta, "labels">> =
    {},
): Node {
  const meta = { ...metaOf("", name), labels };
  return { meta, unschedulable: false, taints: [], conditions: [], ...change };
}

/** A Service of type LoadBalancer that has these addresses. @param key `namespace/name` */
export function serviceOf(
  key: string,
  ips: readonly string[],
  change: Partial<Omit<Service, "meta">> & Partial<Pick<ObjectMeta, "labels">> = {},
): Service {
  const [namespace = "", name = ""] = key.split("/");
  const { labels = {}, ...rest } = change;
  return {
    meta: { ...metaOf(namespace, name), labels },
    type: "LoadBalancer",
    loadBalancerClass: undefined,
    loadBalancerIP: undefined,
    externalTrafficPolicy: "Cluster",
    ipFamilies: [],
    ipFamilyPolicy: undefined,
    clusterIPs: [],
    ports: [],
    selector: {},
    ingress: ips.map((ip) => ({ ip, hostname: undefined })),
    conditions: [],
    ...rest,
  };
}

/** An advertisement of pool `lan`, for everything and everywhere unless `change` says otherwise. */
export function advertisementOf(
  name: string,
  change: Partial<L2Advertisement> = {},
): L2Advertisement {
  const source = { kind: "file", file: "config.yaml" } as const;
  const all = { nodeSelectors: [], interfaces: [], serviceSelectors: [] };
  return { name, source, pools: ["lan"], ...all, ...change };
}

/** Selects by one label. */
export function labelled(key: string, value: string): LabelSelector {
  return { matchLabels: { [key]: value }, matchExpressions: [] };
}

/** An interface on these subnets. @param n number of its MAC */
export function faceOf(name: string, n: number, ...subnets: readonly string[]): Interface {
  const prefixes = subnets.map((text) => required(parsePrefix(text), text));
  return { name, mac: macFromBytes(Uint8Array.of(2, 0, 0, 0, 0, n)), subnets: prefixes };
}

/** The address. @throws RangeError when the text is none */
export function ipOf(text: string): IpAddress {
  return required(parseIp(text), text);
}

function metaOf(namespace: string, name: string): ObjectMeta {
  return {
    namespace,
    name,
    uid: `${namespace}/${name}`,
    resourceVersion: "1",
    creationTimestamp: "",
    labels: {},
    annotations: {},
    deletionTimestamp: undefined,
  };
}

function required<T>(value: T | undefined, text: string): T {
  if (value === undefined) throw new RangeError(`Cannot read "${text}"`);
  return value;
}
