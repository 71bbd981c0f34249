import assert from "node:assert/strict";
import fc from "fast-check";
import { formatIp, type IpAddress, ipFromBytes, parseIp } from "../../ip/address.ts";
import { type Mac, macFromBytes, parseMac, UNSPECIFIED_MAC } from "../../ip/mac.ts";
import { icmpv6Checksum } from "./icmpv6.ts";
import {
  type Advertisement,
  decodeNdpFrame,
  encodeNdpFrame,
  ndpAnnouncement,
  type NdpMessage,
  ndpProbe,
  ndpQuestion,
  type Solicitation,
  UNSPECIFIED_IPV6,
} from "./ndp.ts";
import { ALL_NODES, multicastMac, solicitedNode } from "./solicited_node.ts";

const US = mac("02:00:00:00:00:0a");
const THEM = mac("02:00:00:00:00:0b");
const VIP = ip("fd00:1::200");
const LINK_LOCAL = ip("fe80::ff:fe00:a");

/** What Linux 6.18 sent and took on a veth pair, read back through a packet socket. */
const PROBE = `
  3333ff000200 02000000000a 86dd       # to the solicited-node group, from us, IPv6
  60000000 0018 3a ff                  # 24 bytes of ICMPv6, hop limit 255
  00000000000000000000000000000000     # from ::
  ff0200000000000000000001ff000200     # to ff02::1:ff00:200
  87 00 79a6 00000000                  # solicitation
  fd000001000000000000000000000200`;

const ANSWER_TO_PROBE = `
  333300000001 02000000000b 86dd
  60000000 0020 3a ff
  fd000001000000000000000000000200
  ff020000000000000000000000000001     # to all nodes
  88 00 5691 20000000                  # advertisement, O
  fd000001000000000000000000000200
  02 01 02000000000b                   # target's link-layer address`;

const PROBE_WITH_NONCE = `
  3333ff000200 02000000000a 86dd
  60000000 0020 3a ff
  00000000000000000000000000000000
  ff0200000000000000000001ff000200
  87 00 4170 00000000
  fd000001000000000000000000000200
  0e 01 616263646566                   # nonce (RFC 7527)`;

const QUESTION = `
  02000000000b 02000000000a 86dd
  60000000 0020 3a ff
  fe80000000000000000000fffe00000a
  fd000001000000000000000000000200     # to the address itself
  87 00 7a0b 00000000
  fd000001000000000000000000000200
  01 01 02000000000a                   # source's link-layer address`;

const ANSWER_TO_QUESTION = `
  02000000000a 02000000000b 86dd
  60000000 0018 3a ff
  fd000001000000000000000000000200
  fe80000000000000000000fffe00000a
  88 00 3c1e 40000000                  # advertisement, S, without an option
  fd000001000000000000000000000200`;

const ANSWER: Advertisement = {
  kind: "advertisement",
  source: VIP,
  destination: ALL_NODES,
  target: VIP,
  linkLayer: THEM,
  isRouter: false,
  isSolicited: false,
  isOverride: true,
};

interface Row {
  readonly name: string;
  readonly bytes: Uint8Array;
  readonly want: string | { readonly sourceMac: Mac; readonly message: NdpMessage };
}

const rows: readonly Row[] = [
  { name: "a probe", bytes: hex(PROBE), want: { sourceMac: US, message: ndpProbe(VIP) } },
  {
    name: "a probe with an option that is not known here",
    bytes: hex(PROBE_WITH_NONCE),
    want: { sourceMac: US, message: ndpProbe(VIP) },
  },
  {
    name: "the kernel's answer to a probe",
    bytes: hex(ANSWER_TO_PROBE),
    want: { sourceMac: THEM, message: ANSWER },
  },
  {
    name: "a question",
    bytes: hex(QUESTION),
    want: { sourceMac: US, message: ndpQuestion(LINK_LOCAL, US, VIP) },
  },
  {
    name: "the kernel's answer to a question",
    bytes: hex(ANSWER_TO_QUESTION),
    want: {
      sourceMac: THEM,
      message: {
        ...ANSWER,
        destination: LINK_LOCAL,
        linkLayer: undefined,
        isSolicited: true,
        isOverride: false,
      },
    },
  },
  {
    name: "padding behind the packet",
    bytes: Uint8Array.from([...hex(PROBE), 1, 2, 3]),
    want: { sourceMac: US, message: ndpProbe(VIP) },
  },
  {
    name: "a reserved field that is not zero",
    bytes: resummed(PROBE, 58, 0xff),
    want: { sourceMac: US, message: ndpProbe(VIP) },
  },
  { name: "nothing", bytes: new Uint8Array(), want: "short-frame" },
  { name: "another EtherType", bytes: patch(PROBE, 12, 8, 6), want: "not-ipv6" },
  { name: "a group address as sender", bytes: patch(PROBE, 6, 3), want: "sender-mac" },
  { name: "no sender", bytes: patch(PROBE, 6, 0, 0, 0, 0, 0, 0), want: "sender-mac" },
  { name: "cut in the IPv6 header", bytes: hex(PROBE).subarray(0, 53), want: "short-packet" },
  { name: "IPv4's version", bytes: patch(PROBE, 14, 0x40), want: "ip-version" },
  { name: "cut in the target", bytes: hex(PROBE).subarray(0, 77), want: "payload-length" },
  { name: "UDP", bytes: patch(PROBE, 20, 17), want: "not-icmpv6" },
  { name: "through a router", bytes: patch(PROBE, 21, 254), want: "hop-limit" },
  { name: "no ICMPv6 header", bytes: patch(PROBE, 19, 3), want: "short-message" },
  { name: "another checksum", bytes: patch(PROBE, 57, 0xa7), want: "checksum" },
  { name: "another code", bytes: resummed(PROBE, 55, 1), want: "code" },
  { name: "a router's advertisement", bytes: resummed(PROBE, 54, 134), want: "not-neighbor" },
  { name: "no whole target", bytes: shortened(PROBE, 1), want: "short-message" },
  { name: "a group as source", bytes: resummed(QUESTION, 22, 0xff, 2), want: "source" },
  { name: "a group as target", bytes: resummed(QUESTION, 62, 0xff, 2), want: "target" },
  {
    name: "no target",
    bytes: resummed(QUESTION, 62, ...new Array<number>(16).fill(0)),
    want: "target",
  },
  { name: "an option of length 0", bytes: resummed(QUESTION, 79, 0), want: "option" },
  { name: "an option past the end", bytes: resummed(QUESTION, 79, 2), want: "option" },
  { name: "half an option", bytes: shortened(QUESTION, 4), want: "option" },
  { name: "a group's link-layer address", bytes: resummed(QUESTION, 80, 3), want: "option" },
  {
    name: "a probe that tells its link-layer address",
    bytes: resummed(PROBE_WITH_NONCE, 78, 1, 1, 2, 0, 0, 0, 0, 1),
    want: "unspecified-source",
  },
  {
    name: "a probe to the address itself",
    bytes: resummed(PROBE, 38, 0xfd, 0, 0, 1, ...new Array<number>(10).fill(0), 2, 0),
    want: "unspecified-source",
  },
  {
    name: "an answer to many",
    bytes: resummed(ANSWER_TO_PROBE, 58, 0x60),
    want: "solicited-to-many",
  },
];

Deno.test("decodeNdpFrame() reads what may be believed, and names what is wrong with anything else", async (t) => {
  for (const { name, bytes, want } of rows) {
    await t.step(name, () => assert.deepEqual(decodeNdpFrame(bytes), want));
  }
});

Deno.test("decodeNdpFrame() throws for no bytes at all", () => {
  const tail = fc.uint8Array({ maxLength: 60 });
  fc.assert(fc.property(fc.uint8Array({ maxLength: 100 }), (bytes) => {
    decodeNdpFrame(bytes);
  }));
  fc.assert(fc.property(tail, fc.nat(), (options, length) => {
    const bytes = Uint8Array.from([...hex(PROBE), ...options]);
    bytes[19] = 24 + length % (options.length + 1);
    decodeNdpFrame(sum(bytes));
  }));
});

Deno.test("decodeNdpFrame() refuses every frame that was cut", () => {
  for (const text of [PROBE, ANSWER_TO_PROBE, QUESTION]) {
    const whole = hex(text);
    for (let length = 0; length < whole.length; length++) {
      assert.equal(typeof decodeNdpFrame(whole.subarray(0, length)), "string", `${length}`);
    }
  }
});

Deno.test("decodeNdpFrame() reads what encodeNdpFrame() wrote", () => {
  const station = fc.uint8Array({ minLength: 6, maxLength: 6 })
    .map((bytes) => macFromBytes(Uint8Array.from([0x02, ...bytes.subarray(1)])));
  const address = fc.uint8Array({ minLength: 16, maxLength: 16 })
    .map((bytes) => ipFromBytes(Uint8Array.from([0xfd, ...bytes.subarray(1)])));
  const about = {
    source: address,
    destination: address,
    target: address,
    linkLayer: fc.option(station, { nil: undefined }),
  };
  const solicitation: fc.Arbitrary<Solicitation> = fc.record({
    kind: fc.constant("solicitation" as const),
    ...about,
  }, { noNullPrototype: true });
  const advertisement: fc.Arbitrary<Advertisement> = fc.record({
    kind: fc.constant("advertisement" as const),
    ...about,
    isRouter: fc.boolean(),
    isSolicited: fc.boolean(),
    isOverride: fc.boolean(),
  }, { noNullPrototype: true });
  const message: fc.Arbitrary<NdpMessage> = fc.oneof(solicitation, advertisement);
  fc.assert(fc.property(station, message, (sourceMac, value) => {
    const packet = { sourceMac, message: value };
    assert.deepEqual(decodeNdpFrame(encodeNdpFrame(packet, THEM)), packet);
  }));
});

Deno.test("what is sent is what the kernel was seen to answer", () => {
  const group = multicastMac(solicitedNode(VIP));
  const probe = { sourceMac: US, message: ndpProbe(VIP) };
  assert.deepEqual(encodeNdpFrame(probe, group), hex(PROBE));
  const question = { sourceMac: US, message: ndpQuestion(LINK_LOCAL, US, VIP) };
  assert.deepEqual(encodeNdpFrame(question, THEM), hex(QUESTION));
});

Deno.test("an announcement is what the kernel sends in answer to a probe", () => {
  const packet = { sourceMac: THEM, message: ndpAnnouncement(THEM, VIP) };
  assert.deepEqual(encodeNdpFrame(packet, multicastMac(ALL_NODES)), hex(ANSWER_TO_PROBE));
});

Deno.test("groups have the last bits of their address (RFC 4291 §2.7.1, RFC 2464 §7)", () => {
  const group = solicitedNode(ip("4037::1:800:200e:8c6c"));
  assert.equal(formatIp(group), "ff02::1:ff0e:8c6c");
  assert.equal(multicastMac(group), "33:33:ff:0e:8c:6c");
  assert.equal(multicastMac(ALL_NODES), "33:33:00:00:00:01");
});

function hex(text: string): Uint8Array<ArrayBuffer> {
  return Uint8Array.fromHex(text.replaceAll(/#.*/g, "").replaceAll(/\s/g, ""));
}

function patch(text: string, offset: number, ...bytes: number[]): Uint8Array<ArrayBuffer> {
  const patched = hex(text);
  patched.set(bytes, offset);
  return patched;
}

/** Patched, with a checksum that is right again. */
function resummed(text: string, offset: number, ...bytes: number[]): Uint8Array {
  return sum(patch(text, offset, ...bytes));
}

/** Its payload cut by so many bytes, as if it had been sent so. */
function shortened(text: string, bytes: number): Uint8Array {
  const whole = hex(text);
  const cut = whole.slice(0, -bytes);
  cut[19] = (cut[19] ?? 0) - bytes;
  return sum(cut);
}

function sum(frame: Uint8Array<ArrayBuffer>): Uint8Array<ArrayBuffer> {
  const end = 54 + (frame[19] ?? 0);
  const message = frame.subarray(54, end);
  message.set([0, 0], 2);
  const source = ipFromBytes(frame.subarray(22, 38));
  const destination = ipFromBytes(frame.subarray(38, 54));
  const checksum = icmpv6Checksum(source, destination, message);
  message.set([checksum >> 8, checksum & 0xff], 2);
  return frame;
}

function mac(text: string): Mac {
  return parseMac(text) ?? UNSPECIFIED_MAC;
}

function ip(text: string): IpAddress {
  return parseIp(text) ?? UNSPECIFIED_IPV6;
}
