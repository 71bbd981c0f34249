import type { Json, JsonObject } from "../kube/types.ts";
import { convert, type Converted, type ConvertOptions } from "./convert.ts";
import { readObjects } from "./objects.ts";

/** What a test says of a Service that another program left; the rest is usual. */
export interface LeftService {
  /** @default "default" */
  readonly namespace?: string;
  /** Addresses in the status. @default none */
  readonly held?: readonly string[];
  readonly annotations?: Readonly<Record<string, string>>;
  readonly labels?: Readonly<Record<string, string>>;
  /** Over the usual fields of the spec. */
  readonly spec?: JsonObject;
}

/** A Service as it is exported: type LoadBalancer, IPv4, port 80. */
export function serviceObject(name: string, left: LeftService = {}): JsonObject {
  const { namespace = "default", held = [], annotations = {}, labels = {}, spec = {} } = left;
  return {
    apiVersion: "v1",
    kind: "Service",
    metadata: {
      ...{ namespace, name, annotations, labels, uid: `${namespace}/${name}` },
      creationTimestamp: "2026-01-01T00:00:00Z",
    },
    spec: {
      type: "LoadBalancer",
      ipFamilyPolicy: "SingleStack",
      ipFamilies: ["IPv4"],
      clusterIPs: ["10.96.0.1"],
      ports: [{ protocol: "TCP", port: 80 }],
      ...spec,
    },
    status: { loadBalancer: { ingress: held.map((ip) => ({ ip })) } },
  };
}

/** The spec of a Service of both families. */
export const DUAL: JsonObject = {
  ipFamilyPolicy: "PreferDualStack",
  ipFamilies: ["IPv4", "IPv6"],
  clusterIPs: ["10.96.0.1", "fd96::1"],
};

/** A Node with these addresses. */
export function nodeObject(
  name: string,
  addresses: readonly string[],
  labels: Readonly<Record<string, string>> = {},
): JsonObject {
  const status = { addresses: addresses.map((address) => ({ type: "InternalIP", address })) };
  return { apiVersion: "v1", kind: "Node", metadata: { name, labels }, status };
}

/** kube-vip's ConfigMap. */
export function kubeVipMap(data: Readonly<Record<string, string>>): JsonObject {
  const metadata = { namespace: "kube-system", name: "kubevip" };
  return { apiVersion: "v1", kind: "ConfigMap", metadata, data };
}

/** An object of PureLB. */
export function pureLbObject(
  kind: "ServiceGroup" | "LBNodeAgent",
  name: string,
  spec: Json,
): JsonObject {
  return { apiVersion: "purelb.io/v2", kind, metadata: { namespace: "purelb", name }, spec };
}

/** The conversion of these objects. @throws Error where there is none */
export function convertObjects(
  objects: readonly JsonObject[],
  options: ConvertOptions = {},
): Converted {
  const list = { apiVersion: "v1", kind: "List", items: objects };
  const conversion = convert([readObjects("left.json", JSON.stringify(list))], options);
  if (conversion.kind === "converted") return conversion;
  throw new Error(`Cannot convert: ${JSON.stringify(conversion)}`);
}
