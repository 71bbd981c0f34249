/**
 * What the cluster's objects, or a file, say about pools and how they are announced: read, checked, and made one
 * `Config`. Knows MetalLB's ConfigMap and custom resources; knows nothing of the API server, of Services' needs, or
 * of the network. Everything wrong is returned as a `Problem` that says where it stands and what would be accepted.
 *
 * @example
 * ```ts
 * import { assemble } from "./mod.ts";
 * const text = "address-pools: [{ name: lan, protocol: layer2, addresses: [192.168.0.200-192.168.0.250] }]";
 * const source = { kind: "file", file: "config.yaml" } as const;
 * const { config } = assemble({ configMap: { source, text }, pools: [], l2Advertisements: [] });
 * if (config?.pools[0]?.name !== "lan") throw new Error("one pool");
 * ```
 */
export type {
  BfdProfile,
  Bgp,
  BgpAdvertisement,
  BgpPeer,
  Community,
  Config,
  L2Advertisement,
  LabelSelector,
  Pool,
  Problem,
  ServiceAllocation,
  Source,
} from "./config.ts";
export {
  assemble,
  type Assembled,
  assembleParsed,
  type ConfigInput,
  type ConfigMapInput,
  configMapInput,
  missingKey,
} from "./assemble.ts";
export {
  METALLB_V1BETA2,
  parseBfdProfile,
  parseBgpAdvertisement,
  parseBgpPeer,
  parseCommunityObject,
  readBfdProfile,
  readBgpAdvertisement,
  readBgpPeer,
  readCommunityObject,
} from "./bgp_custom.ts";
export {
  CONFIGURATION_NODE_LABEL,
  CONFIGURATION_ROLE_LABEL,
  CONFIGURATION_STATES,
  ConfigurationReport,
  CONTROLLER_ROLE,
} from "./configuration_state.ts";
export { formatCommunity, parseCommunity } from "./community.ts";
export { CONFIG_MAP_TOP_KEYS, parseConfigMap, readConfigMap } from "./configmap.ts";
export {
  METALLB_V1BETA1,
  parseIpAddressPool,
  parseL2Advertisement,
  readIpAddressPool,
  readL2Advertisement,
  type ResourceText,
  sourceOf,
} from "./custom.ts";
export type { AddressDraft, AdvertisementDraft, Parsed, PoolDraft } from "./draft.ts";
export {
  DEFAULT_EXCLUDED_INTERFACES,
  EXCLUDED_INTERFACES_FILE,
  EXCLUDED_INTERFACES_KEY,
  parseExcludedInterfaces,
  readExcludedInterfaces,
} from "./excluded_interfaces.ts";
export { type AddressInUse, type InForce, nextInForce, type Rejection } from "./in_force.ts";
export { compareProblem, formatPlace, formatProblem, formatSource, hasError } from "./problem.ts";
export { type Place, problemAt, Reader } from "./reader.ts";
export { BGP_KINDS, L2_ADVERTISEMENTS, POOLS } from "./resources.ts";
export { isAvoided, matches, matchesAny, poolOf } from "./select.ts";
export { nearestWord } from "./suggest.ts";
export {
  childOf,
  jsonObjectOf,
  placedIn,
  type Position,
  quote,
  textOf,
  type TextTree,
  type Tree,
} from "./tree.ts";
export { parseYaml } from "./yaml.ts";
