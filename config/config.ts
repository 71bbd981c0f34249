import type { IpRange } from "../ip/range.ts";

/** The configuration in force, the same value whether a ConfigMap or custom resources said it. */
export interface Config {
  /** In order of name. */
  readonly pools: readonly Pool[];
  /** In order of name. */
  readonly l2Advertisements: readonly L2Advertisement[];
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
