import assert from "node:assert/strict";
import { macToBytes } from "../../ip/mac.ts";
import { type Link, openNetlink, SyscallError } from "../../netlink/mod.ts";
import { testWith } from "../needs.ts";
import { ip, linkNamed, untilOperational, vethPair } from "./veth.ts";

const ETH_P_ARP = 0x0806;
const ETH_P_IPV6 = 0x86dd;
const ETH_P_EXPERIMENTAL = 0x88b5;
const ICMPV6 = 58;
const ROUTER_SOLICITATION = 133;
const NEIGHBOR_SOLICITATION = 135;

testWith(["netns"], "openPacket() lets nothing but foreign ARP through", async () => {
  const { signal } = new AbortController();
  await using netlink = openNetlink();
  using route = netlink.openRoute();
  await using _pair = await vethPair("arp0", "arp1");
  const near = await linkNamed(route, "arp0");
  const far = await linkNamed(route, "arp1");
  using here = netlink.openPacket(near.index, "arp");
  using there = netlink.openPacket(far.index, "arp");
  there.send(frame(far, ETH_P_EXPERIMENTAL, [1]));
  here.send(frame(near, ETH_P_ARP, [2]));
  there.send(frame(far, ETH_P_ARP, [3]));
  assert.deepEqual(await first(here.frames(signal)), frame(far, ETH_P_ARP, [3]));
  assert.deepEqual(await first(there.frames(signal)), frame(near, ETH_P_ARP, [2]));
});

testWith(["netns"], "openPacket() lets neighbour discovery through, to any group", async () => {
  const { signal } = new AbortController();
  await using netlink = openNetlink();
  using route = netlink.openRoute();
  await using _pair = await vethPair("ndp0", "ndp1");
  const near = await linkNamed(route, "ndp0");
  const far = await linkNamed(route, "ndp1");
  using here = netlink.openPacket(near.index, "ndp");
  using there = netlink.openPacket(far.index, "ndp");
  const solicitation = frame(far, ETH_P_IPV6, icmpv6(NEIGHBOR_SOLICITATION), "33:33:ff:12:34:56");
  there.send(frame(far, ETH_P_IPV6, icmpv6(ROUTER_SOLICITATION)));
  there.send(solicitation);
  for await (const found of here.frames(signal)) {
    assert.equal(found[54], NEIGHBOR_SOLICITATION);
    // The kernel's own duplicate address detection may come first.
    if (found[0] === 0x33 && found[5] === 0x56) {
      assert.deepEqual(found, solicitation);
      break;
    }
  }
});

testWith(["netns"], "frames() outlives a link that goes down and comes up again", async () => {
  const { signal } = new AbortController();
  await using netlink = openNetlink();
  using route = netlink.openRoute();
  await using _pair = await vethPair("down0", "down1");
  const near = await linkNamed(route, "down0");
  const far = await linkNamed(route, "down1");
  using here = netlink.openPacket(near.index, "arp");
  using there = netlink.openPacket(far.index, "arp");
  const found = first(here.frames(signal));
  await ip("link set down0 down");
  assert.throws(() => here.send(frame(near, ETH_P_ARP, [1])), (error) => {
    assert.ok(error instanceof SyscallError);
    assert.deepEqual([error.call, error.code], ["send", "ENETDOWN"]);
    return true;
  });
  await ip("link set down0 up");
  await untilOperational("down0", "down1");
  there.send(frame(far, ETH_P_ARP, [4]));
  assert.deepEqual(await found, frame(far, ETH_P_ARP, [4]));
});

testWith(["netns"], "openPacket() names the link that is not there", async () => {
  await using netlink = openNetlink();
  assert.throws(() => netlink.openPacket(999_999, "arp"), {
    name: "SyscallError",
    code: "ENODEV",
    call: "bind",
    message: "Cannot open packet socket for ARP on link 999999: ENODEV",
  });
});

/** A broadcast frame of the least length that Ethernet carries, unless the group is named. */
function frame(
  from: Link,
  etherType: number,
  payload: readonly number[],
  to = "ff:ff:ff:ff:ff:ff",
): Uint8Array {
  assert.ok(from.mac);
  const bytes = new Uint8Array(60);
  bytes.set(to.split(":").map((octet) => parseInt(octet, 16)));
  bytes.set(macToBytes(from.mac), 6);
  bytes.set([etherType >> 8, etherType & 0xff, ...payload], 12);
  return bytes;
}

/** An IPv6 header of hop limit 255 without addresses, and the first byte of an ICMPv6 message. */
function icmpv6(type: number): readonly number[] {
  return [0x60, 0, 0, 0, 0, 6, ICMPV6, 255, ...new Array(32).fill(0), type];
}

async function first(frames: AsyncIterable<Uint8Array>): Promise<Uint8Array | undefined> {
  for await (const found of frames) return found;
  return undefined;
}
