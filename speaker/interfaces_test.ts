import assert from "node:assert/strict";
import { type IpAddress, parseIp } from "../ip/address.ts";
import { parsePrefix } from "../ip/prefix.ts";
import type { InterfaceAddress, Link } from "../netlink/values.ts";
import { formatInterfaces, isOnLink, parseInterfaces, usableInterfaces } from "./interfaces.ts";
import { virtualMac } from "../tests/sim/virtual_mac.ts";

const ETH0: Link = {
  index: 2,
  name: "eth0",
  mac: virtualMac(1),
  isUp: true,
  hasCarrier: true,
  isLoopback: false,
  canBroadcast: true,
  isNoArp: false,
  masterIndex: undefined,
  kind: undefined,
};
const OWN: InterfaceAddress = {
  linkIndex: 2,
  address: ip("192.168.0.11"),
  prefixLength: 24,
  scope: 0,
  flags: 0x80,
  label: "eth0",
  proto: 0,
  preferredSeconds: "forever",
  validSeconds: "forever",
};
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

Deno.test("usableInterfaces() knows the subnets of global IPv4 addresses, each once", () => {
  const addresses = [
    OWN,
    { ...OWN, address: ip("192.168.0.12") },
    { ...OWN, address: ip("169.254.1.1"), prefixLength: 16, scope: 253 },
    { ...OWN, address: ip("fd00::1"), prefixLength: 64 },
    { ...OWN, linkIndex: 3, address: ip("10.0.0.1") },
  ];
  const [face] = usableInterfaces([ETH0], addresses);
  assert.deepEqual(face?.subnets, [parsePrefix("192.168.0.0/24")]);
  assert.ok(face);
  assert.equal(isOnLink(face, ip("192.168.0.200")), true);
  assert.equal(isOnLink(face, ip("192.168.1.200")), false);
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
