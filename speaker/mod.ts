/**
 * Makes the network deliver addresses to this node: who may hold which address, who does, and what the kernel
 * and the neighbours are told. An address belongs to whoever answers for it on the wire; a node claims it only
 * when the segment is silent. Knows Services and nodes as `kube/` shows them and links as `netlink/` does;
 * assigns nothing and writes nothing to the API but Events, its own presence Lease and ServiceL2Status objects.
 *
 * `run.ts` puts it together, `engine.ts` is its one loop. What the loop moves stands in folders: `desired/` what this
 * node may hold, `ownership/` who holds it, `wire/` ARP and neighbour discovery, `kernel/` links and bound addresses,
 * `respond/` answering without the kernel, `stranger/` hosts that are no nodes, `told/` what people are told,
 * `remembered/` what a start without the API goes by, `slices/` which endpoints are looked at.
 *
 * @example
 * ```ts ignore
 * const options = { nodeName: "n1", namespace: "metallb-system", configMapName: "config", lbClass: "" };
 * await runSpeaker(options, { kube, netlink: openNetlink(), clock, random, log, registry, health }, signal);
 * ```
 */
export { L2_MODES, type L2Mode } from "./l2_mode.ts";
export { ON_STRANGER, type OnStranger } from "./ownership/on_stranger.ts";
export { runSpeaker, type SpeakerDeps, type SpeakerOptions } from "./run.ts";
export { DEFAULT_TIMINGS, type Timings } from "./ownership/timings.ts";
export { INTERFACES_ANNOTATION, readPresence } from "./desired/presence_lease.ts";
export { presenceName } from "./presence.ts";
