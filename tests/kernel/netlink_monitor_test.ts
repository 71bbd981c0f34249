import assert from "node:assert/strict";
import { formatIp, type IpAddress, parseIp } from "../../ip/address.ts";
import { openNetlink } from "../../netlink/mod.ts";
import type { InterfaceAddress, NetlinkChange } from "../../netlink/mod.ts";
import { testWith } from "../needs.ts";
import { ip, linkNamed, vethPair } from "./veth.ts";

testWith(["netns"], "monitor() reports links that go down, come up and vanish", async () => {
  const stop = new AbortController();
  await using netlink = openNetlink();
  using route = netlink.openRoute();
  await using pair = await vethPair("mon0", "mon1");
  const { index } = await linkNamed(route, "mon0");
  const changes = netlink.monitor(stop.signal);
  const isLink = (change: NetlinkChange, isUp: boolean, hasCarrier: boolean): boolean =>
    change.kind === "link" && change.link.index === index && change.link.isUp === isUp &&
    change.link.hasCarrier === hasCarrier;
  const seen = expectInOrder(changes, [
    (change) => isLink(change, false, false),
    (change) => isLink(change, true, true),
    (change) => isLink(change, true, false),
    (change) => change.kind === "link-gone" && change.index === index,
  ]);
  await ip("link set mon0 down");
  await ip("link set mon0 up");
  await ip("link set mon1 down");
  await pair[Symbol.asyncDispose]();
  await seen;
  stop.abort();
});

testWith(["netns"], "monitor() takes leaving a bridge for a change, not for the end", async () => {
  const stop = new AbortController();
  await using netlink = openNetlink();
  using route = netlink.openRoute();
  await using _pair = await vethPair("port0", "port1");
  await ip("link add monbr0 type bridge");
  const port = await linkNamed(route, "port0");
  const bridge = await linkNamed(route, "monbr0");
  const changes = netlink.monitor(stop.signal);
  const masters: (number | undefined)[] = [];
  await ip("link set port0 master monbr0");
  await ip("link set port0 nomaster");
  await ip("link del monbr0");
  for await (const change of changes) {
    if (change.kind === "link" && change.link.index === port.index) {
      masters.push(change.link.masterIndex);
    }
    if (change.kind !== "link-gone") continue;
    assert.equal(change.index, bridge.index);
    break;
  }
  assert.ok(masters.includes(bridge.index));
  assert.equal(masters.at(-1), undefined);
  stop.abort();
});

testWith(["netns"], "monitor() reports addresses, their expiry and routes", async () => {
  const stop = new AbortController();
  await using netlink = openNetlink();
  using route = netlink.openRoute();
  await using _pair = await vethPair("exp0", "exp1");
  const { index } = await linkNamed(route, "exp0");
  const changes = netlink.monitor(stop.signal);
  const isAddress = (change: NetlinkChange, kind: "address" | "address-gone", text: string) =>
    change.kind === kind && formatIp(change.address.address) === text;
  const seen = expectInOrder(changes, [
    (change) => isAddress(change, "address", "192.0.2.50"),
    (change) => isAddress(change, "address-gone", "192.0.2.50"),
    (change) => change.kind === "route",
    (change) => isAddress(change, "address", "192.0.2.51"),
    (change) => isAddress(change, "address-gone", "192.0.2.51"),
  ]);
  const first = vip(index, ipOf("192.0.2.50"), 60);
  assert.deepEqual(await route.replaceAddresses([first], stop.signal), [undefined]);
  assert.deepEqual(await route.deleteAddresses([first], stop.signal), [undefined]);
  await ip("route add 203.0.113.0/24 dev exp0");
  // The kernel takes this one away by itself.
  const brief = vip(index, ipOf("192.0.2.51"), 1);
  assert.deepEqual(await route.replaceAddresses([brief], stop.signal), [undefined]);
  await seen;
  assert.equal((await route.listAddresses(stop.signal)).some((a) => a.proto === 77), false);
  stop.abort();
});

testWith(["netns"], "monitor() says resync when it lost messages, and works on", async () => {
  const stop = new AbortController();
  await using netlink = openNetlink({ monitorBufferBytes: 4096 });
  using route = netlink.openRoute();
  await using _pair = await vethPair("flood0", "flood1");
  const { index } = await linkNamed(route, "flood0");
  const changes = netlink.monitor(stop.signal);
  const first = ipOf("198.51.100.0");
  const flood = Array.from(
    { length: 200 },
    (_, i) => vip(index, { ...first, value: first.value + BigInt(i) }, 60),
  );
  await route.replaceAddresses(flood, stop.signal);
  const last = vip(index, ipOf("192.0.2.60"), 60);
  let resyncs = 0;
  for await (const change of changes) {
    if (change.kind === "resync") {
      resyncs++;
      await route.replaceAddresses([last], stop.signal);
    }
    if (change.kind === "address" && formatIp(change.address.address) === "192.0.2.60") break;
  }
  assert.equal(resyncs, 1);
  stop.abort();
});

/** Reads changes until each of the conditions has held, in this order. */
async function expectInOrder(
  changes: AsyncIterable<NetlinkChange>,
  conditions: readonly ((change: NetlinkChange) => boolean)[],
): Promise<void> {
  let met = 0;
  for await (const change of changes) {
    if (conditions[met]?.(change)) met++;
    if (met === conditions.length) return;
  }
  assert.fail(`want ${conditions.length} changes in order, found ${met}`);
}

function vip(linkIndex: number, address: IpAddress, validSeconds: number): InterfaceAddress {
  return {
    linkIndex,
    address,
    prefixLength: 32,
    scope: 0,
    flags: 0x200,
    label: undefined,
    proto: 77,
    preferredSeconds: 0,
    validSeconds,
  };
}

function ipOf(text: string): IpAddress {
  const address = parseIp(text);
  assert.ok(address);
  return address;
}
