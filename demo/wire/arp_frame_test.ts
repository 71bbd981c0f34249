import assert from "node:assert/strict";
import { ipFromBytes } from "../../ip/address.ts";
import { type Mac, macFromBytes } from "../../ip/mac.ts";
import { arpAnswer, arpRequest } from "./arp_frame.ts";

const CLIENT = macFromBytes(Uint8Array.fromHex("0200c0a80063"));
const N1 = macFromBytes(Uint8Array.fromHex("0200c0a8000b"));
const asker = { mac: CLIENT, address: ipFromBytes(Uint8Array.of(192, 168, 0, 99)) };
const target = ipFromBytes(Uint8Array.of(192, 168, 0, 200));

const REQUEST = "ffffffffffff0200c0a800630806" + // broadcast, from the client, ARP
  "0001080006040001" + // Ethernet, IPv4, lengths, request
  "0200c0a80063c0a80063" + // sender
  "000000000000c0a800c8"; // target

Deno.test("arpRequest() asks everyone (RFC 826)", () => {
  assert.equal(arpRequest(asker, target).toHex(), REQUEST);
});

const ANSWER = "0200c0a800630200c0a8000b0806" + // to the client, from n1, ARP
  "0001080006040002" + // Ethernet, IPv4, lengths, reply
  "0200c0a8000bc0a800c8" + // sender
  "0200c0a80063c0a80063"; // target

const frames: readonly { readonly name: string; readonly hex: string; readonly want?: Mac }[] = [
  { name: "an answer", hex: ANSWER, want: N1 },
  { name: "an answer with padding", hex: ANSWER + "00".repeat(18), want: N1 },
  { name: "a request", hex: REQUEST },
  { name: "cut", hex: ANSWER.slice(0, -2) },
  { name: "for somebody else", hex: ANSWER.replace("0200c0a80063", "0200c0a80064") },
  { name: "about another address", hex: ANSWER.replace("c0a800c8", "c0a800c9") },
];

Deno.test("arpAnswer()", async (t) => {
  for (const { name, hex, want } of frames) {
    await t.step(name, () => {
      assert.equal(arpAnswer(Uint8Array.fromHex(hex), asker, target), want);
    });
  }
});
