/**
 * The kernel's networking, spoken to directly: links and addresses over rtnetlink, ARP and neighbour discovery
 * frames over packet sockets. It knows nothing of Kubernetes, nor of what an address is for.
 *
 * ```ts ignore
 * await using netlink = openNetlink();
 * using route = netlink.openRoute();
 * const links = await route.listLinks(signal);
 * ```
 *
 * @module
 */
export { NetlinkError, SyscallError } from "./errors.ts";
export { type Capability, describeRefusal, type Refusal } from "./capability.ts";
export { errnoName } from "./errno.ts";
export { type NetlinkOptions, openNetlink } from "./netlink.ts";
export type * from "./types.ts";
export { openUnixSender, type UnixSender } from "./unix.ts";
