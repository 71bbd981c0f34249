/**
 * The leader: which Service gets which address. It watches Services and configuration, decides, and writes
 * what differs: `request` → `allocate` → `plan` are pure, `apply` and `run` have the effects. `decide` says
 * what comes of everything at once, and `book` keeps the same up to date change by change. It knows nothing of networks: how an address is announced is the speaker's business.
 *
 * @example
 * ```ts ignore
 * import { runController } from "./controller/mod.ts";
 * const options = { namespace: "metallb-system", configMapName: "config", lbClass: "", identity: "a" };
 * await runController(options, { kube, clock, random, log, registry, health }, signal);
 * ```
 *
 * @module
 */
export * from "./adoption.ts";
export * from "./allocate.ts";
export * from "./annotations.ts";
export { ADDRESS_CONDITION } from "./condition.ts";
export { CONFLICT_CONDITION } from "./conflict_condition.ts";
export * from "./decide.ts";
export * from "./plan.ts";
export * from "./pool_access.ts";
export * from "./refusal.ts";
export * from "./request.ts";
export type { ControllerDeps, ControllerOptions } from "./leader.ts";
export { LEADER_COMPONENT, LEADER_LEASE, runController } from "./run.ts";
