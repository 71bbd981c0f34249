import assert from "node:assert/strict";
import fc from "fast-check";
import { type IpAddress, ipFromBytes, parseIp } from "../../ip/address.ts";
import { BROADCAST, type Mac, macFromBytes, parseMac, UNSPECIFIED_MAC } from "../../ip/mac.ts";
import {
  arpAnnouncements,
  type ArpPacket,
  arpProbe,
  decodeArpFrame,
  encodeArpFrame,
  UNSPECIFIED_IPV4,
} from "./arp.ts";

const MAC = mac("02:00:00:00:00:0a");
const ADDRESS = ip("192.168.0.200");

const PROBE = `
  ffffffffffff 02000000000a 0806   # to all, from us, ARP
  0001 0800 06 04 0001             # Ethernet, IPv4, request
  02000000000a 00000000            # sender: nobody's address
  000000000000 c0a800c8            # target: 192.168.0.200`;

const REPLY = `
  02000000000a 02000000000b 0806
  0001 0800 06 04 0002             # reply
  02000000000b c0a800c8            # 192.168.0.200 is at …:0b
  02000000000a 00000000
  000000000000000000000000000000000000 # padding to 60 bytes`;

const PROBE_PACKET: ArpPacket = {
  operation: "request",
  senderMac: MAC,
  senderIp: UNSPECIFIED_IPV4,
  targetMac: UNSPECIFIED_MAC,
  targetIp: ADDRESS,
};

const rows: readonly { name: string; bytes: Uint8Array; want: ArpPacket | string }[] = [
  { name: "a probe", bytes: hex(PROBE), want: PROBE_PACKET },
  {
    name: "a padded reply",
    bytes: hex(REPLY),
    want: {
      operation: "reply",
      senderMac: mac("02:00:00:00:00:0b"),
      senderIp: ADDRESS,
      targetMac: MAC,
      targetIp: UNSPECIFIED_IPV4,
    },
  },
  { name: "nothing", bytes: new Uint8Array(), want: "short-frame" },
  { name: "another EtherType", bytes: patch(PROBE, 12, 0x86, 0xdd), want: "not-arp" },
  {
    name: "a packet cut before the target address",
    bytes: hex(PROBE).subarray(0, 38),
    want: "short-packet",
  },
  { name: "another hardware type", bytes: patch(PROBE, 14, 0, 6), want: "not-ethernet" },
  { name: "another protocol", bytes: patch(PROBE, 16, 0x86, 0xdd), want: "not-ipv4" },
  { name: "a hardware address of 8 bytes", bytes: patch(PROBE, 18, 8), want: "address-length" },
  { name: "a protocol address of 16 bytes", bytes: patch(PROBE, 19, 16), want: "address-length" },
  { name: "RARP", bytes: patch(PROBE, 20, 0, 3), want: "operation" },
  { name: "a group address as sender", bytes: patch(PROBE, 22, 0x03), want: "sender-mac" },
  { name: "no sender", bytes: patch(PROBE, 22, 0, 0, 0, 0, 0, 0), want: "sender-mac" },
];

Deno.test("decodeArpFrame() reads ARP, and names what is wrong with anything else", async (t) => {
  for (const { name, bytes, want } of rows) {
    await t.step(name, () => assert.deepEqual(decodeArpFrame(bytes), want));
  }
});

Deno.test("decodeArpFrame() throws for no bytes at all", () => {
  fc.assert(fc.property(fc.uint8Array({ maxLength: 80 }), (bytes) => {
    decodeArpFrame(bytes);
  }));
});

Deno.test("decodeArpFrame() reads what encodeArpFrame() wrote", () => {
  const unicast = fc.uint8Array({ minLength: 6, maxLength: 6 })
    .map((bytes) => macFromBytes(Uint8Array.from([0x02, ...bytes.subarray(1)])));
  const address = fc.uint8Array({ minLength: 4, maxLength: 4 }).map((bytes) => ipFromBytes(bytes));
  const packet = fc.record({
    operation: fc.constantFrom("request" as const, "reply" as const),
    senderMac: unicast,
    senderIp: address,
    targetMac: unicast,
    targetIp: address,
  }, { noNullPrototype: true });
  fc.assert(fc.property(packet, (value) => {
    assert.deepEqual(decodeArpFrame(encodeArpFrame(value, BROADCAST)), value);
  }));
});

Deno.test("arpProbe() is the probe of RFC 5227 §2.1.1", () => {
  assert.deepEqual(encodeArpFrame(arpProbe(MAC, ADDRESS), BROADCAST), hex(PROBE));
});

Deno.test("arpAnnouncements() names the address as sender and target, as request and as reply", () => {
  const [request, reply] = arpAnnouncements(MAC, ADDRESS);
  for (const packet of [request, reply]) {
    assert.deepEqual([packet.senderIp, packet.targetIp], [ADDRESS, ADDRESS]);
  }
  assert.deepEqual([request.operation, reply.operation], ["request", "reply"]);
});

function hex(text: string): Uint8Array<ArrayBuffer> {
  return Uint8Array.fromHex(text.replaceAll(/#.*/g, "").replaceAll(/\s/g, ""));
}

function patch(text: string, offset: number, ...bytes: number[]): Uint8Array {
  const patched = hex(text);
  patched.set(bytes, offset);
  return patched;
}

function mac(text: string): Mac {
  return parseMac(text) ?? UNSPECIFIED_MAC;
}

function ip(text: string): IpAddress {
  return parseIp(text) ?? UNSPECIFIED_IPV4;
}
