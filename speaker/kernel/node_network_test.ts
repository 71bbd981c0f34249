import assert from "node:assert/strict";
import { type IpAddress, parseIp } from "../../ip/address.ts";
import type { InterfaceAddress, Link, NetlinkChange } from "../../netlink/values.ts";
import { leasedAddress } from "./lease.ts";
import { ETH0, OWN } from "./testing.ts";
import { type NetworkNews, NodeNetwork } from "./node_network.ts";
import { DEFAULT_TIMINGS } from "../ownership/timings.ts";
import { virtualMac } from "../../tests/sim/virtual_mac.ts";

const LINK: Link = { ...ETH0, hasCarrier: false };
const VIP = { key: "192.168.0.200", address: ip("192.168.0.200"), linkIndex: 2 };
const LEASED = leasedAddress(VIP, "eth0", DEFAULT_TIMINGS);
const LEASED_6 = leasedAddress(
  { key: "fd00::200", address: ip("fd00::200"), linkIndex: 2 },
  "eth0",
  DEFAULT_TIMINGS,
);
const OWN_6: InterfaceAddress = { ...OWN, address: ip("fd00::11"), prefixLength: 64, flags: 0x40 };
const INTERFACES: NetworkNews = { kind: "interfaces", cameUp: undefined };

const rows: readonly { name: string; change: NetlinkChange; want: NetworkNews }[] = [
  { name: "a link as it was", change: { kind: "link", link: LINK }, want: { kind: "none" } },
  {
    name: "a carrier",
    change: { kind: "link", link: { ...LINK, hasCarrier: true } },
    want: { kind: "interfaces", cameUp: 2 },
  },
  {
    name: "another MAC, without a carrier",
    change: { kind: "link", link: { ...LINK, mac: virtualMac(9) } },
    want: INTERFACES,
  },
  {
    name: "a link that was not there before, with a carrier",
    change: { kind: "link", link: { ...LINK, index: 3, hasCarrier: true } },
    want: { kind: "interfaces", cameUp: 3 },
  },
  { name: "the link is gone", change: { kind: "link-gone", index: 2 }, want: INTERFACES },
  { name: "another link is gone", change: { kind: "link-gone", index: 7 }, want: { kind: "none" } },
  {
    name: "an address that was there",
    change: { kind: "address", address: OWN },
    want: { kind: "none" },
  },
  {
    name: "an address of the node's own",
    change: { kind: "address", address: { ...OWN, address: ip("192.168.0.12") } },
    want: { kind: "own-address" },
  },
  {
    name: "a renewal of ours",
    change: { kind: "address", address: LEASED },
    want: { kind: "none" },
  },
  {
    name: "ours was taken away",
    change: { kind: "address-gone", address: LEASED },
    want: { kind: "lease-gone", key: VIP.key, linkIndex: 2 },
  },
  {
    name: "what stood in for ours while it was moved",
    change: { kind: "address-gone", address: { ...LEASED, prefixLength: 31 } },
    want: { kind: "none" },
  },
  {
    name: "another name",
    change: { kind: "link", link: { ...LINK, name: "lan0" } },
    want: INTERFACES,
  },
  {
    name: "the port of a bridge",
    change: { kind: "link", link: { ...LINK, masterIndex: 9 } },
    want: INTERFACES,
  },
  {
    name: "the node's own is gone",
    change: { kind: "address-gone", address: OWN },
    want: INTERFACES,
  },
  {
    name: "ours of IPv6 was found to be a duplicate",
    change: { kind: "address-gone", address: { ...LEASED_6, flags: 0x20a } },
    want: { kind: "lease-gone", key: "fd00::200", linkIndex: 2, isDuplicate: true },
  },
  {
    name: "an IPv6 address of the node's own",
    change: { kind: "address", address: { ...OWN, address: ip("fd00::12"), flags: 0x40 } },
    want: INTERFACES,
  },
  {
    name: "an IPv6 address of the node's own that is still looked into",
    change: { kind: "address", address: OWN_6 },
    want: { kind: "none" },
  },
  {
    name: "an IPv6 address of the node's own that is unique",
    change: { kind: "address", address: { ...OWN_6, flags: 0x80 } },
    want: INTERFACES,
  },
  { name: "a route", change: { kind: "route" }, want: { kind: "none" } },
  { name: "changes were lost", change: { kind: "resync" }, want: { kind: "resync" } },
];

Deno.test("NodeNetwork tells what a change means", async (t) => {
  for (const { name, change, want } of rows) {
    await t.step(name, () => {
      const network = new NodeNetwork();
      network.load([LINK], [OWN, LEASED, OWN_6]);
      assert.deepEqual(network.apply(change), want);
    });
  }
});

Deno.test("NodeNetwork does not miss an address of ours while it is moved", () => {
  const network = new NodeNetwork();
  network.load([LINK], [LEASED, OWN]);
  const standIn = { ...LEASED, prefixLength: 31 };
  const gone = { kind: "address-gone", address: LEASED } as const;
  const moved: readonly NetlinkChange[] = [
    { kind: "address", address: standIn },
    gone,
    { kind: "address", address: LEASED },
    { kind: "address-gone", address: standIn },
  ];
  for (const change of moved) assert.deepEqual(network.apply(change), { kind: "none" });
  assert.equal(network.apply(gone).kind, "lease-gone");
});

Deno.test("NodeNetwork tells which links came up while changes were lost", () => {
  const network = new NodeNetwork();
  const up = { ...LINK, index: 3, hasCarrier: true };
  network.load([LINK, up, { ...up, index: 4 }], []);
  const changed = [{ ...LINK, hasCarrier: true }, up, { ...up, index: 4, mac: virtualMac(9) }];
  assert.deepEqual(network.load(changed, []), [2, 4]);
});

Deno.test("NodeNetwork keeps our addresses out of the node's subnets", () => {
  const network = new NodeNetwork();
  network.load([LINK], [OWN, LEASED]);
  assert.equal(network.faces[0]?.subnets.length, 1);
});

Deno.test("NodeNetwork knows excluded interfaces that have a subnet, and leaves the others out", () => {
  const network = new NodeNetwork((name) => name !== "eth0");
  const others = [{ ...LINK, index: 3, name: "docker0" }, { ...LINK, index: 4, name: "eth1" }];
  network.load([LINK, ...others], [OWN, { ...OWN, linkIndex: 4 }]);
  const known = network.faces.map(({ name, isExcluded }) => [name, isExcluded]);
  assert.deepEqual(known, [["eth0", undefined], ["eth1", true]]);
});

function ip(text: string): IpAddress {
  const address = parseIp(text);
  assert.ok(address);
  return address;
}

Deno.test("NodeNetwork takes another MAC for a link that came up: neighbours have to learn it", () => {
  const network = new NodeNetwork();
  const link = { ...LINK, hasCarrier: true };
  network.load([link], []);
  const news = network.apply({ kind: "link", link: { ...link, mac: virtualMac(9) } });
  assert.deepEqual(news, { kind: "interfaces", cameUp: 2 });
});
