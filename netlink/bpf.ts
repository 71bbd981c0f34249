import {
  ETH_P_ARP,
  ETH_P_IPV6,
  PACKET_BROADCAST,
  PACKET_MULTICAST,
  PACKET_OTHERHOST,
  PACKET_OUTGOING,
} from "./constants.ts";
import { NATIVE_LITTLE_ENDIAN, viewOf } from "./native.ts";
import type { Answerer } from "./values.ts";

/** One instruction of classic BPF: struct sock_filter of linux/filter.h. */
export interface Instruction {
  /** Class, size and mode: BPF_LD|BPF_H|BPF_ABS … */
  readonly code: number;
  /** Instructions to skip when a jump's condition holds. */
  readonly jt: number;
  /** Instructions to skip when it does not. */
  readonly jf: number;
  /** Operand, unsigned 32-bit. */
  readonly k: number;
}

// linux/bpf_common.h
const LD_W_ABS = 0x20;
const LD_H_ABS = 0x28;
const LD_B_ABS = 0x30;
const JMP_JEQ_K = 0x15;
const RET_K = 0x06;

// linux/filter.h: facts about the packet that are not in its bytes, read at "negative" offsets.
const SKF_AD_OFF = 0xfffff000;
const SKF_AD_PKTTYPE = SKF_AD_OFF + 4;
const SKF_AD_IFINDEX = SKF_AD_OFF + 8;
const SKF_AD_VLAN_TAG_PRESENT = SKF_AD_OFF + 48;

// Offsets in an Ethernet frame, with ARP for IPv4 (RFC 826) or an IPv6 header behind its own.
const ETHER_TYPE = 12;
const ARP_SENDER_IP = 14 + 14;
const ARP_TARGET_MAC = 14 + 18;
const IPV6_NEXT_HEADER = 14 + 6;
const IPV6_SOURCE = 14 + 8;
const ICMPV6_TYPE = 14 + 40;

const NOT_TO_THIS_HOST: readonly number[] = [PACKET_BROADCAST, PACKET_MULTICAST, PACKET_OTHERHOST];

const IPPROTO_ICMPV6 = 58;
const NEIGHBOR_SOLICITATION = 135;
const NEIGHBOR_ADVERTISEMENT = 136;
const WHOLE_FRAME = 0x40000;

/** A condition on a loaded value. */
interface Check {
  readonly load: number;
  readonly at: number;
  /**
   * What a value in `values` means for the frame: with `go-on` any other is dropped, with `drop` and `accept`
   * any other goes on, with `doubt` it goes on and any other is accepted.
   */
  readonly found: "go-on" | "drop" | "accept" | "doubt";
  readonly values: readonly number[];
}

/**
 * ARP frames of this very link, those sent from here and those of a VLAN above it left out. Where the kernel
 * answers, probes to this station alone (sender 0.0.0.0, RFC 5227 §1.1) are left out too: there are several in
 * 100 ms where others watch this node, and they say nothing else. One that names a target MAC says more. One to
 * another station is let through: a switch floods it when that station is gone.
 */
export function arpFilter(linkIndex: number, answerer: Answerer): readonly Instruction[] {
  const arp: readonly Check[] = [
    ...receivedOn(linkIndex),
    { load: LD_H_ABS, at: ETHER_TYPE, found: "go-on", values: [ETH_P_ARP] },
  ];
  if (answerer === "process") return assemble(arp);
  return assemble([
    ...arp,
    { load: LD_W_ABS, at: SKF_AD_PKTTYPE, found: "accept", values: NOT_TO_THIS_HOST },
    { load: LD_W_ABS, at: ARP_SENDER_IP, found: "doubt", values: [0] },
    // Its first four bytes, which are never all zero in a MAC that was given out.
    { load: LD_W_ABS, at: ARP_TARGET_MAC, found: "drop", values: [0] },
  ]);
}

/**
 * Neighbour solicitations and advertisements (RFC 4861 §4.3, §4.4) of this very link, those sent from here and
 * those of a VLAN above it left out. Where the kernel answers, solicitations to this station alone are left out
 * too, for the reason that ARP probes are; but those from `::`, which no question is, pass. Extension headers are not looked through: neighbour discovery has none.
 */
export function ndpFilter(linkIndex: number, answerer: Answerer): readonly Instruction[] {
  const ndp: readonly Check[] = [
    ...receivedOn(linkIndex),
    { load: LD_H_ABS, at: ETHER_TYPE, found: "go-on", values: [ETH_P_IPV6] },
    { load: LD_B_ABS, at: IPV6_NEXT_HEADER, found: "go-on", values: [IPPROTO_ICMPV6] },
    {
      load: LD_B_ABS,
      at: ICMPV6_TYPE,
      found: "go-on",
      values: [NEIGHBOR_SOLICITATION, NEIGHBOR_ADVERTISEMENT],
    },
  ];
  if (answerer === "process") return assemble(ndp);
  return assemble([
    ...ndp,
    { load: LD_W_ABS, at: SKF_AD_PKTTYPE, found: "accept", values: NOT_TO_THIS_HOST },
    { load: LD_B_ABS, at: ICMPV6_TYPE, found: "doubt", values: [NEIGHBOR_SOLICITATION] },
    { load: LD_W_ABS, at: IPV6_SOURCE, found: "accept", values: [0] },
    { load: LD_B_ABS, at: ICMPV6_TYPE, found: "drop", values: [NEIGHBOR_SOLICITATION] },
  ]);
}

/** struct sock_filter one after another: u16 code, u8 jt, u8 jf, u32 k, in the machine's order. */
export function encodeProgram(program: readonly Instruction[]): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(8 * program.length);
  const view = viewOf(bytes);
  for (const [i, { code, jt, jf, k }] of program.entries()) {
    view.setUint16(8 * i, code, NATIVE_LITTLE_ENDIAN);
    view.setUint8(8 * i + 2, jt);
    view.setUint8(8 * i + 3, jf);
    view.setUint32(8 * i + 4, k, NATIVE_LITTLE_ENDIAN);
  }
  return bytes;
}

/**
 * A socket bound to a link also gets what the links above it received (the VLAN or bond device is then the
 * packet's), and frames with a VLAN tag nobody took: another segment's neighbours, so neither may pass.
 */
function receivedOn(linkIndex: number): readonly Check[] {
  return [
    { load: LD_W_ABS, at: SKF_AD_PKTTYPE, found: "drop", values: [PACKET_OUTGOING] },
    { load: LD_W_ABS, at: SKF_AD_IFINDEX, found: "go-on", values: [linkIndex] },
    { load: LD_W_ABS, at: SKF_AD_VLAN_TAG_PRESENT, found: "go-on", values: [0] },
  ];
}

/** Each check loads and compares, and jumps to the next one, to `accept`, or to `drop`, which follows it. */
function assemble(checks: readonly Check[]): readonly Instruction[] {
  const accept = checks.reduce((sum, { values }) => sum + 1 + values.length, 0);
  const drop = accept + 1;
  const program: Instruction[] = [];
  for (const { load, at, found, values } of checks) {
    program.push({ code: load, jt: 0, jf: 0, k: at });
    const goOn = program.length + values.length;
    const whenFound = { "go-on": goOn, doubt: goOn, drop, accept }[found];
    const whenNone = { "go-on": drop, doubt: accept, drop: goOn, accept: goOn }[found];
    for (const [i, k] of values.entries()) {
      const next = program.length + 1;
      const jf = i === values.length - 1 ? whenNone - next : 0;
      program.push({ code: JMP_JEQ_K, jt: whenFound - next, jf, k });
    }
  }
  const accepted = { code: RET_K, jt: 0, jf: 0, k: WHOLE_FRAME };
  return [...program, accepted, { ...accepted, k: 0 }];
}
