import type { IpAddress } from "../ip/address.ts";
import type { IpRange } from "../ip/range.ts";

/** The configuration in force, the same value whether a ConfigMap or custom resources said it. */
export interface Config {
  /** In order of name. */
  readonly pools: readonly Pool[];
  /** In order of name. */
  readonly l2Advertisements: readonly L2Advertisement[];
  /** Absent where nothing of it is configured. */
  readonly bgp?: Bgp;
}

/** Where a piece of configuration was read: an object of the API, or a file. */
export type Source =
  | {
    readonly kind: "object";
    readonly apiVersion: string;
    readonly objectKind: string;
    readonly namespace: string;
    readonly name: string;
    readonly uid: string;
  }
  | { readonly kind: "file"; readonly file: string };

export interface Pool {
  readonly name: string;
  readonly source: Source;
  /** Labels of the IPAddressPool; empty for pools of a ConfigMap. */
  readonly labels: Readonly<Record<string, string>>;
  /** As configured, in configured order: allocation walks them in this order, ascending within each. */
  readonly ranges: readonly IpRange[];
  /** False: only for Services that ask for the pool or the address. */
  readonly autoAssign: boolean;
  /** True: IPv4 addresses ending in .0 and .255 are not given out. */
  readonly avoidBuggyIPs: boolean;
  /** Which Services the pool is for, and when it is tried; absent: every Service, after those that have it. */
  readonly serviceAllocation?: ServiceAllocation;
}

/** `spec.serviceAllocation` of an IPAddressPool: the namespace and the Service must both be allowed. */
export interface ServiceAllocation {
  /** From 1: pools with a lower number are tried first; `undefined`: after all that have a number. */
  readonly priority: number | undefined;
  /** Names of namespaces that are allowed, in addition to those that `namespaceSelectors` select. */
  readonly namespaces: readonly string[];
  /** Any of them is enough, by labels of the Namespace. With no names and no selectors every namespace is allowed. */
  readonly namespaceSelectors: readonly LabelSelector[];
  /** Any of them is enough, by labels of the Service; none at all: every Service. */
  readonly serviceSelectors: readonly LabelSelector[];
}

/** Which pools' addresses are announced by ARP and NDP, by which nodes, on which interfaces. */
export interface L2Advertisement {
  readonly name: string;
  readonly source: Source;
  /** Names of pools that exist, resolved from `ipAddressPools` and `ipAddressPoolSelectors`, sorted. */
  readonly pools: readonly string[];
  /** A node may announce when any of these selects it; none at all: every node. */
  readonly nodeSelectors: readonly LabelSelector[];
  /** Names of interfaces; none: every interface. */
  readonly interfaces: readonly string[];
  /** It is for a Service when any of these selects it by its labels; none at all: every Service. */
  readonly serviceSelectors: readonly LabelSelector[];
  /** Which of the nodes that may announce shall; absent: none before another. */
  readonly preferences?: readonly Preference[];
}

/** One of `preferredNodeSelectors`: the weights of all that select a node add up. */
export interface Preference {
  /** 1 to 100. */
  readonly weight: number;
  /** By labels of the node; an empty one selects every node. */
  readonly selector: LabelSelector;
}

/** What is to be said by BGP, and to whom. Nothing speaks it yet. */
export interface Bgp {
  /** In order of name; those of a ConfigMap are `peer1`, `peer2` …, as MetalLB's converter names them. */
  readonly peers: readonly BgpPeer[];
  /** In order of name; those of a ConfigMap are `bgpadvertisement1` …, in the order of the file. */
  readonly advertisements: readonly BgpAdvertisement[];
  /** In order of name. */
  readonly bfdProfiles: readonly BfdProfile[];
}

/** A router that nodes connect to. */
export interface BgpPeer {
  readonly name: string;
  readonly source: Source;
  readonly myAsn: number;
  /** A number, or whichever it is: the same as ours, or another. */
  readonly peerAsn: number | "internal" | "external";
  /** What the router is shown in place of `myAsn`. */
  readonly localAsn: number | undefined;
  readonly remote:
    | { readonly kind: "address"; readonly address: IpAddress }
    | { readonly kind: "interface"; readonly name: string };
  readonly sourceAddress: IpAddress | undefined;
  /** TCP port of the router. */
  readonly port: number;
  /** RFC 4271 section 4.2: 0 is for ever, else at least 3. */
  readonly holdSeconds: number;
  /** At most the hold time. */
  readonly keepaliveMs: number;
  /** Between two attempts to connect; absent: as the speaker likes. */
  readonly connectSeconds: number | undefined;
  /** IPv4; absent: an address of the node. */
  readonly routerId: IpAddress | undefined;
  /** A node connects when any of these selects it; none at all: every node. */
  readonly nodeSelectors: readonly LabelSelector[];
  /** The key of TCP MD5 signatures, or the Secret of our namespace that has it. */
  readonly password:
    | { readonly kind: "text"; readonly text: string }
    | { readonly kind: "secret"; readonly name: string }
    | undefined;
  /** The name of one of `bfdProfiles`. */
  readonly bfdProfile: string | undefined;
  /** RFC 4724. */
  readonly isRestartGraceful: boolean;
  readonly isMultiHop: boolean;
  readonly vrf: string | undefined;
  /** True: both families over the one session. */
  readonly isDualStack: boolean;
}

/** Which pools' addresses are advertised by BGP, by which nodes, to whom, and how. */
export interface BgpAdvertisement {
  readonly name: string;
  readonly source: Source;
  /** Names of pools that exist, sorted. */
  readonly pools: readonly string[];
  /** A node advertises when any of these selects it; none at all: every node. */
  readonly nodeSelectors: readonly LabelSelector[];
  /** It is for a Service when any of these selects it by its labels; none at all: every Service. */
  readonly serviceSelectors: readonly LabelSelector[];
  /** Names of peers that exist, sorted; absent: all peers. */
  readonly peers: readonly string[] | undefined;
  /** Of the prefix advertised for an IPv4 address. */
  readonly aggregationLength: number;
  /** Of the prefix advertised for an IPv6 address. */
  readonly aggregationLengthV6: number;
  /** RFC 4271 section 5.1.5. */
  readonly localPref: number;
  /** In order, each once. */
  readonly communities: readonly Community[];
}

/** A community of RFC 1997, two 16-bit numbers, or of RFC 8092, three 32-bit numbers. */
export type Community =
  | { readonly kind: "standard"; readonly numbers: readonly [number, number] }
  | { readonly kind: "large"; readonly numbers: readonly [number, number, number] };

/** How a BFD session (RFC 5880) is held. */
export interface BfdProfile {
  readonly name: string;
  readonly source: Source;
  readonly receiveMs: number;
  readonly transmitMs: number;
  readonly detectMultiplier: number;
  readonly echoReceiveMs: number;
  readonly isEcho: boolean;
  readonly isPassive: boolean;
  /** Of packets that are believed, where the router is several hops away. */
  readonly minimumTtl: number;
}

/** A `metav1.LabelSelector`, checked. All parts must hold. */
export interface LabelSelector {
  readonly matchLabels: Readonly<Record<string, string>>;
  readonly matchExpressions: readonly {
    readonly key: string;
    readonly operator: "In" | "NotIn" | "Exists" | "DoesNotExist";
    readonly values: readonly string[];
  }[];
}

/** Something wrong with a configuration, for people. */
export interface Problem {
  /** An error keeps the configuration from being used; a warning names what is not honoured. */
  readonly severity: "error" | "warning";
  readonly source: Source;
  /** Path of the field, `address-pools[0].addresses[1]` or `spec.addresses[1]`; empty for the whole. */
  readonly path: string;
  /** 1-based; absent where the text is not known (objects of the API other than a ConfigMap's value). */
  readonly line?: number;
  readonly column?: number;
  /** What was found and what would be accepted: sentence case, no full stop. */
  readonly message: string;
}
