import assert from "node:assert/strict";
import { arpFilter, encodeProgram, type Instruction, ndpFilter } from "./bpf.ts";
import { fromHex } from "./testing.ts";

/** What the kernel knows about a frame besides its bytes (linux/filter.h, SKF_AD_*). */
interface Received {
  readonly frame: Uint8Array;
  /** PACKET_HOST 0, PACKET_BROADCAST 1, PACKET_OTHERHOST 3, PACKET_OUTGOING 4. */
  readonly packetType: number;
  readonly linkIndex: number;
  readonly hasVlanTag: boolean;
}

const LINK = 7;

const ARP = fromHex(`
  ff ff ff ff ff ff 02 00 00 00 00 01 08 06        # broadcast, ARP
  00 01 08 00 06 04 00 01                          # request
  02 00 00 00 00 01 c0 00 02 01 00 00 00 00 00 00 c0 00 02 02
`);
const PROBE = fromHex(`
  02 00 00 00 00 02 02 00 00 00 00 01 08 06        # to one station, ARP
  00 01 08 00 06 04 00 01                          # request
  02 00 00 00 00 01 00 00 00 00 00 00 00 00 00 00 c0 00 02 02
`);
/** The same that names the station. */
const SEEK = fromHex(`
  02 00 00 00 00 02 02 00 00 00 00 01 08 06
  00 01 08 00 06 04 00 01
  02 00 00 00 00 01 00 00 00 00 02 00 00 00 00 02 c0 00 02 02
`);
const SOLICITATION = ipv6("3a", "87");
/** From `::`. */
const PROBING_SOLICITATION = SOLICITATION.map((byte, at) => at >= 22 && at < 38 ? 0 : byte);
const HERE = { packetType: 1, linkIndex: LINK, hasVlanTag: false };

interface Row {
  readonly name: string;
  readonly received: Received;
  readonly want: Let;
  /** Where the process answers. @default want */
  readonly wantOfProcess?: Let;
}

interface Let {
  readonly arp: boolean;
  readonly ndp: boolean;
}

const NEITHER = { arp: false, ndp: false };
const ROWS: readonly Row[] = [
  { name: "ARP", received: { ...HERE, frame: ARP }, want: { arp: true, ndp: false } },
  {
    name: "ARP to this station alone",
    received: { ...HERE, frame: ARP, packetType: 0 },
    want: { arp: true, ndp: false },
  },
  {
    name: "ARP probe to all",
    received: { ...HERE, frame: PROBE },
    want: { arp: true, ndp: false },
  },
  {
    name: "ARP probe to another station",
    received: { ...HERE, frame: PROBE, packetType: 3 },
    want: { arp: true, ndp: false },
  },
  {
    name: "ARP probe to this station alone",
    received: { ...HERE, frame: PROBE, packetType: 0 },
    want: NEITHER,
    wantOfProcess: { arp: true, ndp: false },
  },
  {
    name: "ARP probe to this station alone that names it",
    received: { ...HERE, frame: SEEK, packetType: 0 },
    want: { arp: true, ndp: false },
  },
  {
    name: "neighbour solicitation from :: to this station alone",
    received: { ...HERE, frame: PROBING_SOLICITATION, packetType: 0 },
    want: { arp: false, ndp: true },
  },
  {
    name: "neighbour solicitation",
    received: { ...HERE, frame: SOLICITATION },
    want: { arp: false, ndp: true },
  },
  {
    name: "neighbour solicitation to another station",
    received: { ...HERE, frame: SOLICITATION, packetType: 3 },
    want: { arp: false, ndp: true },
  },
  {
    name: "neighbour solicitation to this station alone",
    received: { ...HERE, frame: SOLICITATION, packetType: 0 },
    want: NEITHER,
    wantOfProcess: { arp: false, ndp: true },
  },
  {
    name: "neighbour advertisement to this station alone",
    received: { ...HERE, frame: ipv6("3a", "88"), packetType: 0 },
    want: { arp: false, ndp: true },
  },
  {
    name: "neighbour advertisement",
    received: { ...HERE, frame: ipv6("3a", "88") },
    want: { arp: false, ndp: true },
  },
  {
    name: "router advertisement",
    received: { ...HERE, frame: ipv6("3a", "86") },
    want: NEITHER,
  },
  { name: "redirect", received: { ...HERE, frame: ipv6("3a", "89") }, want: NEITHER },
  { name: "UDP over IPv6", received: { ...HERE, frame: ipv6("11", "87") }, want: NEITHER },
  {
    name: "IPv4",
    received: { ...HERE, frame: ARP.with(12, 0x08).with(13, 0x00) },
    want: NEITHER,
  },
  {
    name: "IPv6 cut before the ICMPv6 type",
    received: { ...HERE, frame: SOLICITATION.subarray(0, 54) },
    want: NEITHER,
  },
  {
    name: "cut before the EtherType's end",
    received: { ...HERE, frame: ARP.subarray(0, 13) },
    want: NEITHER,
  },
  { name: "empty", received: { ...HERE, frame: new Uint8Array(0) }, want: NEITHER },
  ...[ARP, SOLICITATION].flatMap((frame): readonly Row[] => [
    { name: "sent from here", received: { ...HERE, frame, packetType: 4 }, want: NEITHER },
    {
      name: "received by a link above",
      received: { ...HERE, frame, linkIndex: LINK + 1 },
      want: NEITHER,
    },
    { name: "of a VLAN", received: { ...HERE, frame, hasVlanTag: true }, want: NEITHER },
  ]),
];

Deno.test("filters let through what their name says", async (t) => {
  for (const { name, received, want, wantOfProcess = want } of ROWS) {
    await t.step(name, () => {
      const found = (answerer: "kernel" | "process"): Let => ({
        arp: run(arpFilter(LINK, answerer), received) > 0,
        ndp: run(ndpFilter(LINK, answerer), received) > 0,
      });
      assert.deepEqual([found("kernel"), found("process")], [want, wantOfProcess]);
    });
  }
});

Deno.test("filters accept whole frames", () => {
  assert.ok(run(arpFilter(LINK, "kernel"), { ...HERE, frame: ARP }) >= 0xffff);
});

Deno.test("encodeProgram() writes struct sock_filter", () => {
  const program = [
    { code: 0x28, jt: 0, jf: 0, k: 12 },
    { code: 0x15, jt: 0, jf: 1, k: 0xfffff004 },
  ];
  assert.deepEqual(
    encodeProgram(program),
    fromHex("28 00 00 00 0c 00 00 00 15 00 00 01 04 f0 ff ff"),
  );
});

/** How many bytes the program accepts; a load past the end accepts none, as in the kernel. */
function run(program: readonly Instruction[], received: Received): number {
  let accumulator = 0;
  for (let at = 0; at < program.length; at++) {
    const { code, jt, jf, k } = program[at] ?? assert.fail("the program counter left the program");
    switch (code) {
      case 0x20:
      case 0x28:
      case 0x30: {
        if (k >= 0xfffff000) {
          accumulator = ancillary(received, k);
          break;
        }
        const size = code === 0x20 ? 4 : code === 0x28 ? 2 : 1;
        if (k + size > received.frame.length) return 0;
        accumulator = received.frame.subarray(k, k + size)
          .reduce((value, byte) => value << 8 | byte, 0);
        break;
      }
      case 0x15:
        at += accumulator === k ? jt : jf;
        break;
      case 0x06:
        return k;
      default:
        assert.fail(`want an instruction that is known, found ${code}`);
    }
  }
  return assert.fail("the program did not return");
}

function ancillary(received: Received, k: number): number {
  switch (k - 0xfffff000) {
    case 4:
      return received.packetType;
    case 8:
      return received.linkIndex;
    case 48:
      return received.hasVlanTag ? 1 : 0;
    default:
      return assert.fail(`want an offset that is known, found ${k.toString(16)}`);
  }
}

function ipv6(nextHeader: string, icmpType: string): Uint8Array<ArrayBuffer> {
  return fromHex(`
    33 33 ff 00 00 02 02 00 00 00 00 01 86 dd
    60 00 00 00 00 18 ${nextHeader} ff
    fe 80 00 00 00 00 00 00 00 00 00 00 00 00 00 01
    ff 02 00 00 00 00 00 00 00 00 00 01 ff 00 00 02
    ${icmpType} 00 00 00 00 00 00 00
    fe 80 00 00 00 00 00 00 00 00 00 00 00 00 00 02
  `);
}
