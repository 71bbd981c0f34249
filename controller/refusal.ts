/** The gate at which a request failed. Each has a condition reason, in CamelCase, in `condition.ts`. */
export type RefusalKind =
  | "no-configuration"
  | "no-pools"
  | "being-deleted"
  | "contradictory-addresses"
  | "malformed-address"
  | "no-cluster-ip"
  | "not-dual-stack"
  | "wrong-family"
  | "namespace-not-seen"
  | "unknown-pool"
  | "pool-not-for-service"
  | "outside-requested-pool"
  | "outside-pools"
  | "different-pools"
  | "address-in-use"
  | "port-in-use"
  | "quarantined"
  | "exhausted"
  | "second-family"
  | "second-of-family";

/** Why a Service does not get what it asks for, or why an address cannot stay with it. */
export interface Refusal {
  readonly kind: RefusalKind;
  /** What failed, in MetalLB's words where its users match on them. No full stop. */
  readonly message: string;
  /** What would open the gate, as an imperative. No full stop. */
  readonly remedy: string;
}

/** Writes texts as Go's `%q` writes a list, which MetalLB's messages show: `["a" "b"]`. */
export function quoteList(texts: readonly string[]): string {
  return `[${texts.map((text) => `"${text}"`).join(" ")}]`;
}
