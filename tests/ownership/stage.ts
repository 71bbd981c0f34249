/** One address and the stations around it, for tests of the table. */
import { type IpAddress, parseIp } from "../../ip/address.ts";
import type { Mac } from "../../ip/mac.ts";
import type { Claimable, Desired } from "../../speaker/desired/claimable.ts";
import { standingIn } from "../sim/standing_in.ts";
import { virtualMac } from "../sim/virtual_mac.ts";

export const VIP = "192.168.0.200";
export const PLACE = { key: VIP, address: ip(VIP), linkIndex: 1 };

/** The first interface of each node. */
export const OWN = { n1: virtualMac(1), n2: virtualMac(2), n3: virtualMac(3) } as const;

/** The one of `n2`. */
export const OTHER = OWN.n2;

/** More interfaces of `n1` and `n2` on the same segment. */
export const FURTHER = {
  n1: [virtualMac(0x11)],
  n2: [virtualMac(0x12), virtualMac(0x22)],
} as const;

export const STRANGER = virtualMac(0xee);

/** These addresses may be held on link 1 by the nodes of `order`, as `n1` sees it. */
export function desired(
  keys: readonly string[],
  order: readonly string[] = ["n1", "n2"],
): Desired {
  const eligible = order.toSorted();
  const standing = standingIn(order, "n1");
  const claimable = new Map(keys.map((key): [string, Claimable] => [
    key,
    { key, address: ip(key), linkIndex: 1, standing, eligible, services: [] },
  ]));
  const nodeOfMac = new Map<Mac, string>();
  for (const [node, mac] of Object.entries(OWN)) nodeOfMac.set(mac, node);
  for (const [node, macs] of Object.entries(FURTHER)) {
    for (const mac of macs) nodeOfMac.set(mac, node);
  }
  return { claimable, assigned: new Set(keys), nodeOfMac };
}

/** @throws {SyntaxError} where the text is no address */
export function ip(text: string): IpAddress {
  const address = parseIp(text);
  if (address === undefined) throw new SyntaxError(`Cannot read address: want one, have "${text}"`);
  return address;
}
