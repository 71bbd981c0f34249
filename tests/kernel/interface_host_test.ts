import assert from "node:assert/strict";
import { type Machine, openLan } from "../../demo/lan/lan.ts";
import { prefixOf } from "../../ip/prefix.ts";
import { checkHost, type HostCheck } from "../../speaker/kernel/host_checks.ts";
import { readHostFacts } from "../../speaker/kernel/host_facts.ts";
import type { Interface } from "../../speaker/desired/interfaces.ts";
import { virtualMac } from "../sim/virtual_mac.ts";
import { testWith } from "../needs.ts";

const SUBNET = prefixOf({ family: "IPv4", value: 0xc0a80000n }, 24);

/** Bound to the node's interface, as a held address is. */
const VIP = "192.168.0.200";
/** The same, outside the node's own subnets. */
const FAR = "10.5.0.200";
/** Nobody has it. */
const FREE = "192.168.0.240";

/** What one setting does on this kernel, and what is found about it. */
interface Experiment {
  readonly name: string;
  /** On `n1`: lines of shell. `put NAME VALUE` sets a parameter, for all interfaces. */
  readonly setup: readonly string[];
  /** How many MACs a host gets for an answer, by address; and whether a probe is answered. */
  readonly want: readonly (readonly [address: string, answers: number, probe: boolean])[];
  /** What is found about `eth0`, and `eth1` where there is one. */
  readonly found: readonly HostCheck[];
}

/** A second interface on the same subnet, which the route does not go by; the VIP is there. */
const SECOND = [
  "ip link set eth1 up",
  "ip addr add 192.168.0.21/24 dev eth1",
  `ip addr del ${VIP}/32 dev eth0`,
  `ip addr add ${VIP}/32 dev eth1 noprefixroute`,
];

/** What kube-proxy makes; a bridge stands for its dummy, which not every kernel has. */
const IPVS = [
  "ip link add kube-ipvs0 type bridge",
  `ip addr del ${VIP}/32 dev eth0`,
  `ip addr add ${VIP}/32 dev kube-ipvs0`,
];

/**
 * Else the kernel takes a random time to answer for others, and the answer to a question is taken for one to the probe
 * after it, which no proxy answers.
 */
const PROXY_AT_ONCE = "echo 0 > /proc/sys/net/ipv4/neigh/eth0/proxy_delay";

const EXPERIMENTS: readonly Experiment[] = [
  {
    name: "arp_ignore 0",
    setup: [],
    want: [[VIP, 1, true], [FAR, 1, true]],
    found: [],
  },
  {
    name: "arp_ignore 1",
    setup: ["put arp_ignore 1"],
    want: [[VIP, 1, true], [FAR, 1, true]],
    found: [],
  },
  {
    name: "arp_ignore 2",
    setup: ["put arp_ignore 2"],
    want: [[VIP, 1, true], [FAR, 0, true]],
    found: ["arp-ignore-subnet"],
  },
  {
    name: "arp_ignore 3",
    setup: ["put arp_ignore 3"],
    want: [[VIP, 1, true], [FAR, 1, true]],
    found: [],
  },
  {
    name: "arp_ignore 8",
    setup: ["put arp_ignore 8"],
    want: [[VIP, 0, false], ["192.168.0.11", 0, false]],
    found: ["arp-ignore"],
  },
  {
    name: "strict reverse paths, one interface",
    setup: ["put rp_filter 1"],
    want: [[VIP, 1, true]],
    found: [],
  },
  {
    name: "what another node holds is on kube-ipvs0 as well",
    setup: IPVS,
    want: [[VIP, 1, true]],
    found: ["strict-arp", "arp-announce"],
  },
  {
    name: "the same with strictARP",
    setup: [...IPVS, "put arp_ignore 1", "put arp_announce 2"],
    want: [[VIP, 0, false]],
    found: [],
  },
  {
    name: "two interfaces on one subnet",
    setup: SECOND,
    want: [[VIP, 2, true]],
    found: ["arp-flux", "arp-flux"],
  },
  {
    name: "the same, each for itself",
    setup: [...SECOND, "put arp_ignore 1"],
    want: [[VIP, 1, true]],
    found: [],
  },
  {
    name: "the same, with strict reverse paths",
    setup: [...SECOND, "put arp_ignore 1", "put rp_filter 1"],
    want: [[VIP, 0, true]],
    found: ["rp-filter", "rp-filter"],
  },
  {
    name: "the same, with loose reverse paths",
    setup: [...SECOND, "put arp_ignore 1", "put rp_filter 2"],
    want: [[VIP, 1, true]],
    found: [],
  },
  {
    name: "the same, filtered by route",
    setup: [...SECOND, "put arp_ignore 1", "put arp_filter 1"],
    want: [[VIP, 0, true]],
    found: ["arp-filter", "arp-filter"],
  },
  {
    name: "proxy ARP within the subnet",
    setup: ["put proxy_arp_pvlan 1", PROXY_AT_ONCE],
    want: [[FREE, 1, false]],
    found: ["proxy-arp-pvlan"],
  },
  {
    name: "proxy ARP between interfaces",
    setup: [
      "echo 1 > /proc/sys/net/ipv4/conf/eth0/proxy_arp",
      PROXY_AT_ONCE,
      "ip link set eth1 up",
      "ip route add 10.7.0.0/24 dev eth1",
    ],
    want: [[FREE, 0, false], ["10.7.0.5", 1, false]],
    found: ["proxy-arp"],
  },
];

testWith(["netns", "arping"], "what checkHost() says of kernel parameters is so", async (t) => {
  // Each has a LAN of its own: most of the time goes by with waiting for nobody to answer.
  const results = await Promise.all(EXPERIMENTS.map(perform));
  for (const [i, { name, want, found }] of EXPERIMENTS.entries()) {
    await t.step(name, () => assert.deepEqual(results[i], { want, found }));
  }
});

async function perform({ setup, want }: Experiment): Promise<Pick<Experiment, "want" | "found">> {
  await using lan = await openLan({ machines: { client: "192.168.0.99", n1: "192.168.0.11" } });
  const node = lan.machine("n1");
  const client = lan.machine("client");
  await shell(node, "ip link add eth1 type veth peer name port9 netns 1");
  await shell(lan.hub, "ip link set port9 master br0 up");
  await shell(node, ...START, ...setup);
  const answers = await Promise.all(want.map(async ([address]) => {
    return [
      address,
      await countAnswers(client, address),
      await isProbeAnswered(client, address),
    ] as const;
  }));
  const facts = await readHostFacts(await facesOf(node), async (path) => {
    const { code, stdout } = await node.run(["cat", path]);
    return code === 0 ? stdout.trim() : undefined;
  });
  return { want: answers, found: checkHost(facts).map(({ check }) => check) };
}

/** A node that holds both addresses. */
const START = [
  `ip addr add ${VIP}/32 dev eth0 noprefixroute`,
  `ip addr add ${FAR}/32 dev eth0 noprefixroute`,
];

/** Runs lines of shell, in which `put NAME VALUE` sets a parameter of IPv4 for all interfaces. */
async function shell(machine: Machine, ...lines: readonly string[]): Promise<void> {
  const put = 'put() { for f in /proc/sys/net/ipv4/conf/*/"$1"; do echo "$2" > "$f"; done; }';
  const { code, stderr } = await machine.run(["sh", "-ec", [put, ...lines].join("\n")]);
  assert.equal(code, 0, stderr);
}

/** Distinct MACs that answer a host of the LAN within a second, as long as a proxy takes at most. */
async function countAnswers(client: Machine, address: string): Promise<number> {
  const source = ["-s", "192.168.0.99"];
  const { stdout } = await client.run([
    "arping",
    "-I",
    "eth0",
    "-b",
    "-w",
    "2",
    ...source,
    address,
  ]);
  return new Set(stdout.matchAll(/\[([0-9A-F:]{17})\]/g).map(([, mac]) => mac)).size;
}

/** Whether anybody answers who asks without an address of its own (RFC 5227). */
async function isProbeAnswered(client: Machine, address: string): Promise<boolean> {
  const { stdout } = await client.run([
    "arping",
    "-D",
    "-I",
    "eth0",
    "-w",
    "2",
    "-c",
    "2",
    address,
  ]);
  return stdout.includes("reply from");
}

/** The node's interfaces with their subnets, as `ip` shows them. */
async function facesOf(node: Machine): Promise<readonly Interface[]> {
  const faces: Interface[] = [];
  for (const name of ["eth0", "eth1"]) {
    const { stdout } = await node.run(["ip", "-o", "-4", "addr", "show", "dev", name, "up"]);
    const subnets = stdout.includes("/24") ? [SUBNET] : [];
    faces.push({ name, mac: virtualMac(1), subnets });
  }
  return faces;
}
