import assert from "node:assert/strict";
import { parsePrefix, type Prefix } from "../../ip/prefix.ts";
import { virtualMac } from "../../tests/sim/virtual_mac.ts";
import { checkHost, type HostFinding, type InterfaceFacts } from "./host_checks.ts";

/** What Linux has from the start. */
const PLAIN = {
  arpIgnore: 0,
  arpAnnounce: 0,
  arpFilter: 0,
  rpFilter: 0,
  proxyArp: 0,
  proxyArpPvlan: 0,
  disableIpv6: 0,
} as const;

const ETH0 = { face: face("eth0", "192.168.0.0/24"), ...PLAIN };
/** On the same subnet. */
const ETH1 = { face: face("eth1", "192.168.0.0/24"), ...PLAIN };
const ELSEWHERE = { face: face("eth2", "10.0.0.0/24", "fe80::/64"), ...PLAIN };

interface Row {
  readonly name: string;
  readonly interfaces: readonly InterfaceFacts[];
  readonly hasIpvs?: boolean;
  /** `interface check severity`, in order. */
  readonly want: readonly string[];
}

const rows: readonly Row[] = [
  { name: "a plain node", interfaces: [ETH0, ELSEWHERE], want: [] },
  { name: "parameters that cannot be read", interfaces: [{ face: ETH0.face }], want: [] },
  {
    name: "arp_ignore 8",
    interfaces: [{ ...ETH0, arpIgnore: 8 }],
    want: ["eth0 arp-ignore error"],
  },
  { name: "arp_ignore 1", interfaces: [{ ...ETH0, arpIgnore: 1 }], want: [] },
  { name: "arp_ignore 3", interfaces: [{ ...ETH0, arpIgnore: 3 }], want: [] },
  {
    name: "arp_ignore 2",
    interfaces: [{ ...ETH0, arpIgnore: 2 }],
    want: ["eth0 arp-ignore-subnet warning"],
  },
  {
    name: "IPVS without strictARP",
    interfaces: [ETH0],
    hasIpvs: true,
    want: ["eth0 strict-arp error", "eth0 arp-announce warning"],
  },
  {
    name: "IPVS with strictARP",
    interfaces: [{ ...ETH0, arpIgnore: 1, arpAnnounce: 2 }],
    hasIpvs: true,
    want: [],
  },
  {
    name: "two interfaces on one subnet",
    interfaces: [ETH0, ETH1],
    want: ["eth0 arp-flux warning", "eth1 arp-flux warning"],
  },
  {
    name: "two interfaces on one subnet, each for itself",
    interfaces: [{ ...ETH0, arpIgnore: 1 }, { ...ETH1, arpIgnore: 1 }],
    want: [],
  },
  {
    name: "two interfaces on one subnet, filtered by route",
    interfaces: [{ ...ETH0, arpIgnore: 1 }, { ...ETH1, arpIgnore: 1, arpFilter: 1 }],
    want: ["eth1 arp-filter error"],
  },
  {
    name: "two interfaces on one subnet, strict reverse paths",
    interfaces: [{ ...ETH0, arpIgnore: 1 }, { ...ETH1, arpIgnore: 1, rpFilter: 1 }],
    want: ["eth1 rp-filter error"],
  },
  {
    name: "strict reverse paths on subnets of their own",
    interfaces: [{ ...ETH0, rpFilter: 1 }, { ...ELSEWHERE, rpFilter: 1 }],
    want: [],
  },
  {
    name: "proxy ARP within the subnet",
    interfaces: [{ ...ETH0, proxyArpPvlan: 1 }],
    want: ["eth0 proxy-arp-pvlan error"],
  },
  {
    name: "proxy ARP between interfaces",
    interfaces: [{ ...ETH0, proxyArp: 1 }],
    want: ["eth0 proxy-arp warning"],
  },
  {
    name: "no IPv6",
    interfaces: [{ ...ETH0, disableIpv6: 1 }],
    want: ["eth0 ipv6-disabled info"],
  },
];

Deno.test("checkHost() finds what keeps announcements from working, and nothing else", async (t) => {
  for (const { name, interfaces, hasIpvs = false, want } of rows) {
    await t.step(name, () => {
      const findings = checkHost({ interfaces, hasIpvs });
      assert.deepEqual(findings.map(textOf), want);
    });
  }
});

Deno.test("checkHost() says what is there, what should be, and how to get it", () => {
  const about = { ...ETH0, face: face("eth0.5", "192.168.0.0/24"), arpIgnore: 8, disableIpv6: 1 };
  const [first, second] = checkHost({ interfaces: [about], hasIpvs: false });
  assert.deepEqual(
    [first?.found, first?.wanted, first?.cure, second?.cure],
    [
      "arp_ignore 8",
      "arp_ignore 1",
      "sysctl -w net.ipv4.conf.all.arp_ignore=1 net/ipv4/conf/eth0.5/arp_ignore=1",
      "sysctl -w net/ipv6/conf/eth0.5/disable_ipv6=0",
    ],
  );
});

function textOf({ interface: name, check, severity }: HostFinding): string {
  return `${name} ${check} ${severity}`;
}

function face(name: string, ...subnets: readonly string[]): InterfaceFacts["face"] {
  return { name, mac: virtualMac(1), subnets: subnets.map(prefix) };
}

function prefix(text: string): Prefix {
  const parsed = parsePrefix(text);
  assert.ok(parsed);
  return parsed;
}
