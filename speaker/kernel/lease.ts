/**
 * The kernel lease: a held address is bound with a short lifetime that only a living agent renews. When the
 * agent is gone, frozen or cut off from the kernel, the address goes by itself.
 */
import type { InterfaceAddress } from "../../netlink/values.ts";
import { hasLapsed, type Held } from "../ownership/ownership_state.ts";
import type { Place } from "../ownership/table_action.ts";
import type { Timings } from "../ownership/timings.ts";

/** IFA_F_NOPREFIXROUTE (linux/if_addr.h): no route to the /32 appears, the address alone is bound. */
export const IFA_F_NOPREFIXROUTE = 0x200;

/**
 * IFA_PROTO of our addresses: `L`. The kernel's own are 1 to 3 (linux/if_addr.h), other numbers are free;
 * kernels before 5.18 do not keep it, there the label tells.
 */
export const IFA_PROTO_LANLORD = 0x4c;

/** IFA_F_NODAD (linux/if_addr.h): the address answers at once; our own probes were the duplicate check. */
export const IFA_F_NODAD = 0x02;

/**
 * IFA_RT_PRIORITY of our IPv6 addresses: `LANL`. It would be the metric of the subnet's route, of which
 * they have none; kernels keep it since 4.18, so that it tells where IFA_PROTO is not kept. IPv6 has no labels.
 */
export const ROUTE_PRIORITY_LANLORD = 0x4c414e4c;

/** IFNAMSIZ - 1: what a label can be. */
const LABEL_LIMIT = 15;

/** The address as it is bound: a /32 or /128 that expires, deprecated, without a route, and marked as ours. */
export function leasedAddress(
  at: Place,
  linkName: string,
  timings: Timings,
): InterfaceAddress {
  const bound = {
    linkIndex: at.linkIndex,
    address: at.address,
    scope: 0,
    proto: IFA_PROTO_LANLORD,
    preferredSeconds: 0,
    validSeconds: timings.validSeconds,
  };
  return at.address.family === "IPv4"
    ? { ...bound, prefixLength: 32, flags: IFA_F_NOPREFIXROUTE, label: labelFor(linkName) }
    : {
      ...bound,
      prefixLength: 128,
      flags: IFA_F_NOPREFIXROUTE | IFA_F_NODAD,
      label: undefined,
      routePriority: ROUTE_PRIORITY_LANLORD,
    };
}

/** `eth0:lanlord`, shortened to `:lb` where the name is long; absent where not even that fits. */
export function labelFor(linkName: string): string | undefined {
  return [`${linkName}:lanlord`, `${linkName}:lb`].find((label) => label.length <= LABEL_LIMIT);
}

/**
 * Whether an address of the kernel was bound by Lanlord: by its protocol; where that is not kept, by its label
 * or, for IPv6, its priority.
 */
export function isLeased(address: InterfaceAddress, linkName: string | undefined): boolean {
  if (address.proto === IFA_PROTO_LANLORD) return true;
  if (address.routePriority === ROUTE_PRIORITY_LANLORD) return address.proto === 0;
  return address.proto === 0 && address.label !== undefined && linkName !== undefined &&
    address.label !== linkName && address.label === labelFor(linkName);
}

/** When the lifetime of an address found in the kernel was last set, as far as it tells. */
export function renewedAtOf(
  address: Pick<InterfaceAddress, "validSeconds">,
  now: number,
  timings: Timings,
): number {
  if (address.validSeconds === "forever") return now;
  return now - Math.max(0, timings.validSeconds - address.validSeconds) * 1_000;
}

/** What one held address needs now. */
export type LeaseDuty = "renew" | "lapsed" | "none";

/**
 * What a held address needs: nothing, a renewal, or, after this process was away for too long, to be given
 * up. Ask again directly before the write.
 */
export function leaseDuty(held: Held, now: number, timings: Timings): LeaseDuty {
  if (hasLapsed(held, now, timings)) return "lapsed";
  return now - held.renewedAt >= timings.renewEveryMs ? "renew" : "none";
}

/**
 * Leased addresses that stand before one of the node's own on the same link, in the kernel's order. Kubelet
 * and several CNIs take the first address for the node's: ours have to be moved behind. IPv4 only: an IPv6 list is
 * newest first, and nothing but binding the node's own anew would change that.
 *
 * @param addresses as the kernel lists them
 */
export function misplaced(
  addresses: readonly InterfaceAddress[],
  nameOf: (linkIndex: number) => string | undefined,
): readonly InterfaceAddress[] {
  const hasOwnBehind = new Set<number>();
  const found: InterfaceAddress[] = [];
  for (const address of addresses.toReversed()) {
    if (address.address.family !== "IPv4") continue;
    if (!isLeased(address, nameOf(address.linkIndex))) hasOwnBehind.add(address.linkIndex);
    else if (hasOwnBehind.has(address.linkIndex)) found.push(address);
  }
  return found.toReversed();
}
