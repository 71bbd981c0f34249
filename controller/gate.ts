import type { RefusalKind } from "./refusal.ts";

/**
 * What a Service has to get past to have what it asks for, in the order in which it is decided: whoever fails at
 * one has passed those before.
 *
 * - `class`: its type and class are ours;
 * - `configuration`: there is one in force;
 * - `request`: it is not being deleted;
 * - `family`: it says which families it wants, and the cluster has them;
 * - `address`: the addresses that it names can be understood, one for each family;
 * - `pool`: a pool is there, and has what it names;
 * - `service-allocation`: the pool is for its namespace and its labels;
 * - `sharing`: whoever has the address shares it on these terms;
 * - `exhaustion`: something is free;
 * - `quarantine`: no stranger uses it.
 */
export const GATES = [
  "class",
  "configuration",
  "request",
  "family",
  "address",
  "pool",
  "service-allocation",
  "sharing",
  "exhaustion",
  "quarantine",
] as const;

/** One of `GATES`. */
export type GateName = typeof GATES[number];

const GATE_OF: Readonly<Record<RefusalKind, GateName>> = {
  "no-configuration": "configuration",
  "being-deleted": "request",
  "no-cluster-ip": "family",
  "not-dual-stack": "family",
  "second-of-family": "family",
  "contradictory-addresses": "address",
  "malformed-address": "address",
  "wrong-family": "address",
  "no-pools": "pool",
  "namespace-not-seen": "pool",
  "unknown-pool": "pool",
  "outside-pools": "pool",
  "outside-requested-pool": "pool",
  "different-pools": "pool",
  "pool-not-for-service": "service-allocation",
  "address-in-use": "sharing",
  "port-in-use": "sharing",
  "exhausted": "exhaustion",
  "second-family": "exhaustion",
  "quarantined": "quarantine",
};

/** The gate that a refusal stands at. */
export function gateOf(kind: RefusalKind): GateName {
  return GATE_OF[kind];
}

/** The gate that a reason in a Service's condition stands for; `undefined` where nothing was refused. */
export function gateOfReason(reason: string): GateName | undefined {
  const written = reason.replace(/\B[A-Z]/g, (letter) => `-${letter}`).toLowerCase();
  return Object.entries(GATE_OF).find(([kind]) => kind === written)?.[1];
}
