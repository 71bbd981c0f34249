import assert from "node:assert/strict";
import { type IpAddress, parseIp } from "../../ip/address.ts";
import type { InterfaceAddress } from "../../netlink/values.ts";
import { isLeased, labelFor, leasedAddress, leaseDuty, misplaced } from "./lease.ts";
import { OWN } from "./testing.ts";
import type { Held } from "../ownership/ownership_state.ts";
import { DEFAULT_TIMINGS } from "../ownership/timings.ts";

const VIP = { key: "192.168.0.200", address: ip("192.168.0.200"), linkIndex: 2 };
const OURS = leasedAddress(VIP, "eth0", DEFAULT_TIMINGS);
const OURS_6 = leasedAddress(
  { key: "fd00::200", address: ip("fd00::200"), linkIndex: 2 },
  "eth0",
  DEFAULT_TIMINGS,
);

Deno.test("leasedAddress() is a /32 that expires, deprecated, without a route, and marked", () => {
  assert.deepEqual(OURS, {
    linkIndex: 2,
    address: VIP.address,
    prefixLength: 32,
    scope: 0,
    flags: 0x200,
    label: "eth0:lanlord",
    proto: 0x4c,
    preferredSeconds: 0,
    validSeconds: 30,
  });
});

Deno.test("leasedAddress() of IPv6 is a /128 that answers at once, and marked twice", () => {
  assert.deepEqual(OURS_6, {
    linkIndex: 2,
    address: ip("fd00::200"),
    prefixLength: 128,
    scope: 0,
    flags: 0x202,
    label: undefined,
    proto: 0x4c,
    routePriority: 0x4c414e4c,
    preferredSeconds: 0,
    validSeconds: 30,
  });
});

Deno.test("labelFor() stays within 15 characters", () => {
  const rows = [
    ["eth0", "eth0:lanlord"],
    ["enp3s0f", "enp3s0f:lanlord"],
    ["enp3s0f1", "enp3s0f1:lb"],
    ["twelveletter", "twelveletter:lb"],
    ["thirteenlette", undefined],
  ] as const;
  for (const [link, want] of rows) assert.equal(labelFor(link), want, link);
});

Deno.test("isLeased() knows our addresses by protocol, or by label on kernels that keep none", () => {
  const rows: readonly (readonly [string, InterfaceAddress, boolean])[] = [
    ["ours", OURS, true],
    ["ours on an old kernel", { ...OURS, proto: 0 }, true],
    ["the node's own", OWN, false],
    ["another's with our label", { ...OURS, proto: 99 }, false],
    ["another label", { ...OWN, label: "eth0:1" }, false],
    ["ours of IPv6", OURS_6, true],
    ["ours of IPv6 on an old kernel", { ...OURS_6, proto: 0 }, true],
    ["another's with our priority", { ...OURS_6, proto: 3 }, false],
    ["as ours, but unmarked", { ...OURS_6, proto: 0, routePriority: undefined }, false],
  ];
  for (const [name, address, want] of rows) assert.equal(isLeased(address, "eth0"), want, name);
});

Deno.test("leaseDuty() renews after 10 s, and never when the kernel may have let go", () => {
  const held: Held = { kind: "held", since: 0, renewedAt: 1_000, defendedAt: undefined };
  const rows = [[1_000, "none"], [10_999, "none"], [11_000, "renew"], [29_000, "renew"], [
    29_001,
    "lapsed",
  ]] as const;
  for (const [now, want] of rows) {
    assert.equal(leaseDuty(held, now, DEFAULT_TIMINGS), want, `${now}`);
  }
});

Deno.test("misplaced() finds ours before the node's own, on the same link", () => {
  const other = { ...OURS, address: ip("192.168.0.201") };
  const elsewhere = { ...OWN, linkIndex: 3 };
  const rows: readonly (readonly [string, InterfaceAddress[], InterfaceAddress[]])[] = [
    ["in order", [OWN, OURS, other], []],
    ["the node's own was added again", [OURS, other, OWN], [OURS, other]],
    ["between", [OURS, OWN, other], [OURS]],
    ["own of another link", [OURS, elsewhere], []],
    ["IPv6, which cannot be moved", [OURS_6, { ...OWN, address: ip("fd00::1") }], []],
  ];
  for (const [name, addresses, want] of rows) {
    assert.deepEqual(misplaced(addresses, () => "eth0"), want, name);
  }
});

function ip(text: string): IpAddress {
  const address = parseIp(text);
  assert.ok(address);
  return address;
}
