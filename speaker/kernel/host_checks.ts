/**
 * What about a node's kernel parameters keeps layer 2 announcements from working, or makes more than one node
 * answer. Decisions alone: `host_facts.ts` reads the parameters. Each rule stands on an experiment in
 * tests/kernel/interface_host_test.ts; linux/Documentation/networking/ip-sysctl.rst describes the parameters.
 */
import type { Family } from "../../ip/address.ts";
import { formatPrefix } from "../../ip/prefix.ts";
import { type Interface, isLinkLocal } from "../desired/interfaces.ts";

/** Parameters of one interface as they take effect; absent where the kernel does not say. */
export interface InterfaceFacts {
  readonly face: Interface;
  readonly arpIgnore?: number;
  readonly arpAnnounce?: number;
  readonly arpFilter?: number;
  readonly rpFilter?: number;
  readonly proxyArp?: number;
  readonly proxyArpPvlan?: number;
  readonly disableIpv6?: number;
}

/** What is known of a node. */
export interface HostFacts {
  /** Those that are checked: with a subnet of the node's. */
  readonly interfaces: readonly InterfaceFacts[];
  /** Whether there is an interface `kube-ipvs0`: kube-proxy in mode ipvs binds every Service's addresses to it. */
  readonly hasIpvs: boolean;
}

/** What a finding is about. */
export type HostCheck =
  | "arp-ignore"
  | "arp-ignore-subnet"
  | "strict-arp"
  | "arp-announce"
  | "arp-flux"
  | "arp-filter"
  | "rp-filter"
  | "proxy-arp"
  | "proxy-arp-pvlan"
  | "ipv6-disabled";

/** Something on this node that is not as it should be. */
export interface HostFinding {
  /**
   * `error`: addresses are not reached, or answered for by several nodes; `warning`: some may be; `info`: good to
   * know.
   */
  readonly severity: "error" | "warning" | "info";
  readonly check: HostCheck;
  /** Name of the interface. */
  readonly interface: string;
  /** The parameter as it takes effect: `arp_ignore 8`. */
  readonly found: string;
  readonly wanted: string;
  readonly why: string;
  /** A command that mends it until the next start of the machine. */
  readonly cure: string;
}

/** Everything that is amiss, by interface in the order given. */
export function checkHost(facts: HostFacts): readonly HostFinding[] {
  return facts.interfaces.flatMap((about) => {
    const shares = facts.interfaces.some((other) => other !== about && shareSubnet(other, about));
    return RULES.flatMap((rule) => rule(about, { hasIpvs: facts.hasIpvs, shares }) ?? []);
  });
}

/** What is around an interface. */
interface Surroundings {
  readonly hasIpvs: boolean;
  /** Another interface of the node is on a subnet of it. */
  readonly shares: boolean;
}

type Rule = (about: InterfaceFacts, around: Surroundings) => HostFinding | undefined;

const RULES: readonly Rule[] = [
  (about) =>
    about.arpIgnore !== undefined && about.arpIgnore > 3
      ? finding(about, "error", "arp-ignore", ["arp_ignore", about.arpIgnore, 1], {
        why: "the kernel answers no ARP request at all, so nobody finds what this node holds",
      })
      : undefined,
  (about, { hasIpvs }) =>
    about.arpIgnore === 2 && !hasIpvs
      ? finding(about, "warning", "arp-ignore-subnet", ["arp_ignore", about.arpIgnore, 1], {
        why:
          "an address outside the node's own subnets is not answered for, though probes for it are",
      })
      : undefined,
  (about, { hasIpvs }) =>
    hasIpvs && (about.arpIgnore === 0 || about.arpIgnore === 3)
      ? finding(about, "error", "strict-arp", ["arp_ignore", about.arpIgnore, 1], {
        why:
          "kube-proxy has every Service's addresses on kube-ipvs0, and this node answers for all " +
          "of them; strictARP in kube-proxy's configuration sets this",
      })
      : undefined,
  (about, { hasIpvs }) =>
    hasIpvs && about.arpAnnounce !== undefined && about.arpAnnounce < 2
      ? finding(about, "warning", "arp-announce", ["arp_announce", about.arpAnnounce, 2], {
        why:
          "this node asks by ARP in the name of addresses on kube-ipvs0 that another node holds; " +
          "strictARP in kube-proxy's configuration sets this",
      })
      : undefined,
  (about, { shares }) =>
    shares && (about.arpIgnore === 0 || about.arpIgnore === 3)
      ? finding(about, "warning", "arp-flux", ["arp_ignore", about.arpIgnore, 1], {
        why: "another interface is on the same subnet, and each answers for what is on the other",
      })
      : undefined,
  (about, { shares }) =>
    shares && about.arpFilter === 1
      ? finding(about, "error", "arp-filter", ["arp_filter", about.arpFilter, 0], {
        why:
          "another interface is on the same subnet, and only the one that the route goes by answers",
      })
      : undefined,
  (about, { shares }) =>
    shares && about.rpFilter === 1
      ? finding(about, "error", "rp-filter", ["rp_filter", about.rpFilter, 2], {
        why:
          "another interface is on the same subnet, and what comes in by the one that the route " +
          "does not go by is dropped, ARP requests too, though probes are answered",
      })
      : undefined,
  (about) =>
    about.proxyArpPvlan === 1
      ? finding(about, "error", "proxy-arp-pvlan", ["proxy_arp_pvlan", about.proxyArpPvlan, 0], {
        why:
          "this node answers for every address of the subnet, those that other nodes hold among them",
      })
      : undefined,
  (about) =>
    about.proxyArp === 1
      ? finding(about, "warning", "proxy-arp", ["proxy_arp", about.proxyArp, 0], {
        why: "this node answers for every address that it routes to another interface",
      })
      : undefined,
  (about) =>
    about.disableIpv6 === 1
      ? finding(about, "info", "ipv6-disabled", ["disable_ipv6", about.disableIpv6, 0], {
        family: "IPv6",
        why: "this node cannot hold IPv6 addresses there",
      })
      : undefined,
];

function finding(
  { face }: InterfaceFacts,
  severity: HostFinding["severity"],
  check: HostCheck,
  [parameter, found, wanted]: readonly [parameter: string, found: number, wanted: number],
  { why, family = "IPv4" }: { readonly why: string; readonly family?: Family },
): HostFinding {
  const names = isGreater(parameter) ? ["all", face.name] : [face.name];
  const words = names.map((name) => sysctlWord(family, name, `${parameter}=${wanted}`));
  return {
    severity,
    check,
    interface: face.name,
    found: `${parameter} ${found}`,
    wanted: `${parameter} ${wanted}`,
    why,
    cure: `sysctl -w ${words.join(" ")}`,
  };
}

/** Whether `all` and the interface's own value both count, so that both have to be set. */
function isGreater(parameter: string): boolean {
  return parameter !== "disable_ipv6";
}

/** sysctl(8) wants a slash for a dot in a name: `net/ipv4/conf/eth0.5/arp_ignore`. */
function sysctlWord(family: Family, name: string, setting: string): string {
  const words = ["net", family.toLowerCase(), "conf", name, setting];
  return words.join(name.includes(".") ? "/" : ".");
}

function shareSubnet(a: InterfaceFacts, b: InterfaceFacts): boolean {
  const texts = new Set(subnetsOf(a.face));
  return subnetsOf(b.face).some((text) => texts.has(text));
}

/** Subnets of the interface, without fe80::/64, which every one has. */
export function subnetsOf(face: Interface): readonly string[] {
  return face.subnets.filter(({ network }) => !isLinkLocal(network)).map(formatPrefix);
}
