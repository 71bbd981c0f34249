/** What it means that a station which is no node of ours answers for an address, or announces it. */
export type OnStranger = typeof ON_STRANGER[number];

/**
 * The settings, the default first. `yield`: the address is the stranger's (RFC 5227). `ignore`: nothing, for
 * networks where a router answers for every address (proxy ARP, RFC 1027); only what nodes of ours say counts.
 */
export const ON_STRANGER = ["yield", "ignore"] as const;
