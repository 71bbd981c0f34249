import assert from "node:assert/strict";
import { type IpAddress, parseIp } from "../../ip/address.ts";
import { formatPrefix, parsePrefix } from "../../ip/prefix.ts";
import type { InterfaceAddress, Link } from "../../netlink/values.ts";
import {
  formatInterfaces,
  isLinkLocal,
  isOnLink,
  parseInterfaces,
  speaks,
  usableInterfaces,
} from "./interfaces.ts";
import { ETH0, OWN } from "../kernel/testing.ts";
import { virtualMac } from "../../tests/sim/virtual_mac.ts";

const TEXT = '[{"name":"eth0","mac":"02:00:00:00:00:01","subnets":["192.168.0.0/24"]}]';

Deno.test("usableInterfaces() leaves out what ARP does not work on", () => {
  const rows: readonly (readonly [string, Partial<Link>, boolean])[] = [
    ["an ordinary link", {}, true],
    ["without a carrier, which may come back", { hasCarrier: false }, true],
    ["switched off", { isUp: false }, false],
    ["loopback", { isLoopback: true }, false],
    ["IFF_NOARP", { isNoArp: true }, false],
    ["no broadcast", { canBroadcast: false }, false],
    ["a port of a bridge", { masterIndex: 9 }, false],
    ["no MAC", { mac: undefined }, false],
  ];
  for (const [name, change, want] of rows) {
    assert.equal(usableInterfaces([{ ...ETH0, ...change }], [OWN]).length, want ? 1 : 0, name);
  }
});

Deno.test("usableInterfaces() knows the subnets of global addresses, each once", () => {
  const addresses = [
    OWN,
    { ...OWN, address: ip("192.168.0.12") },
    { ...OWN, address: ip("169.254.1.1"), prefixLength: 16, scope: 253 },
    { ...OWN, address: ip("fd00::1"), prefixLength: 64 },
    { ...OWN, linkIndex: 3, address: ip("10.0.0.1") },
  ];
  const [face] = usableInterfaces([ETH0], addresses);
  assert.deepEqual(face?.subnets, [parsePrefix("192.168.0.0/24"), parsePrefix("fd00::/64")]);
  assert.ok(face);
  assert.equal(isOnLink(face, ip("192.168.0.200")), true);
  assert.equal(isOnLink(face, ip("192.168.1.200")), false);
});

Deno.test("usableInterfaces() knows where IPv6 is spoken, and from which address", () => {
  const linkLocal = { ...OWN, address: ip("fe80::1"), prefixLength: 64, scope: 253 };
  const global = { ...OWN, address: ip("fd00::1"), prefixLength: 64 };
  const rows: readonly (readonly [string, InterfaceAddress[], string, boolean, boolean])[] = [
    ["no IPv6", [OWN], "192.168.0.0/24", false, false],
    ["no link-local address", [global], "fd00::/64", false, false],
    ["both", [global, linkLocal], "fd00::/64 fe80::/64", true, true],
    ["not yet unique", [{ ...linkLocal, flags: 0x40 }], "fe80::/64", true, false],
    ["a duplicate", [{ ...linkLocal, flags: 0x48 }], "", false, false],
    ["from DHCPv6", [{ ...global, prefixLength: 128 }, linkLocal], "fe80::/64", true, true],
  ];
  for (const [name, addresses, subnets, isSpoken, isUsable] of rows) {
    const [face] = usableInterfaces([ETH0], addresses);
    assert.ok(face);
    assert.equal(face.subnets.map(formatPrefix).join(" "), subnets, name);
    assert.equal(speaks(face, "IPv6"), isSpoken, name);
    assert.equal(face.linkLocal !== undefined, isUsable, name);
    assert.equal(speaks(face, "IPv4"), true, name);
  }
});

Deno.test("isLinkLocal() is fe80::/10", () => {
  const rows = [["fe80::1", true], ["febf::1", true], ["fec0::1", false], ["fd00::1", false], [
    "169.254.0.1",
    false,
  ]] as const;
  for (const [address, want] of rows) assert.equal(isLinkLocal(ip(address)), want, address);
});

Deno.test("parseInterfaces() reads what formatInterfaces() wrote", () => {
  const faces = usableInterfaces([ETH0], [OWN]);
  assert.equal(formatInterfaces(faces), TEXT);
  assert.deepEqual(parseInterfaces(TEXT), [{
    name: "eth0",
    mac: virtualMac(1),
    subnets: [parsePrefix("192.168.0.0/24")],
  }]);
});

Deno.test("parseInterfaces() reads that an interface is excluded", () => {
  const [face] = usableInterfaces([ETH0], [OWN]);
  assert.ok(face);
  const [read] = parseInterfaces(formatInterfaces([{ ...face, isExcluded: true }])) ?? [];
  assert.equal(read?.isExcluded, true);
});

Deno.test("parseInterfaces() takes nothing else", () => {
  const rows = [
    "",
    "{}",
    "[1]",
    '[{"name":"eth0"}]',
    TEXT.replace("02:", "2:"),
    TEXT.replace("/24", "/33"),
    TEXT.replace('"192.168.0.0/24"', "24"),
  ];
  for (const text of rows) assert.equal(parseInterfaces(text), undefined, text);
});

function ip(text: string): IpAddress {
  const address = parseIp(text);
  assert.ok(address);
  return address;
}
