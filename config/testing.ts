import type { CustomResource, Json } from "../kube/types.ts";
import type { ConfigInput } from "./assemble.ts";
import type { Source } from "./config.ts";

/** The ConfigMap of the tests. */
export const CONFIG_MAP: Source = {
  kind: "object",
  apiVersion: "v1",
  objectKind: "ConfigMap",
  namespace: "metallb-system",
  name: "config",
  uid: "1",
};

/** What the objects of a small cluster say. */
export interface Objects {
  /** Text of key `config`; absent: no ConfigMap. */
  readonly configMap?: string;
  readonly pools?: readonly CustomResource[];
  readonly l2Advertisements?: readonly CustomResource[];
  readonly bgpPeers?: readonly CustomResource[];
  readonly bgpAdvertisements?: readonly CustomResource[];
  readonly bfdProfiles?: readonly CustomResource[];
  readonly communities?: readonly CustomResource[];
}

/** The input that these objects are. */
export function inputOf(
  { configMap, pools = [], l2Advertisements = [], ...bgp }: Objects,
): ConfigInput {
  return {
    ...configMap === undefined ? {} : { configMap: { source: CONFIG_MAP, text: configMap } },
    pools,
    l2Advertisements,
    ...bgp,
  };
}

/** A custom resource as the API serves it. */
export function resource(
  name: string,
  spec: Json | undefined,
  labels: Readonly<Record<string, string>> = {},
): CustomResource {
  const meta = {
    namespace: "metallb-system",
    name,
    uid: name,
    resourceVersion: "1",
    creationTimestamp: "2026-01-01T00:00:00Z",
    labels,
    annotations: {},
    deletionTimestamp: undefined,
  };
  return { meta, spec };
}

/** A ConfigMap with one layer2 pool of each name. */
export function layer2Pools(pools: Readonly<Record<string, readonly string[]>>): string {
  const list = Object.entries(pools)
    .map(([name, addresses]) => ({ name, protocol: "layer2", addresses }));
  return JSON.stringify({ "address-pools": list });
}
