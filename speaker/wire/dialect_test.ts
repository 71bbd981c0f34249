import assert from "node:assert/strict";
import { type IpAddress, parseIp } from "../../ip/address.ts";
import { type Mac, macFromBytes, macToBytes } from "../../ip/mac.ts";
import { type Dialect, DIALECTS, type Sender } from "./dialect.ts";
import { encodeNdpFrame, ndpQuestion } from "./ndp.ts";
import { isProbe, isSeek, type NeighborPacket } from "./neighbor.ts";

const US: Sender = { mac: mac(1), linkLocal: ip("fe80::1") };
const HOLDER = mac(2);

const rows = [
  { dialect: DIALECTS.IPv4, address: ip("192.168.0.200") },
  { dialect: DIALECTS.IPv6, address: ip("fd00::200") },
] as const;

Deno.test("every dialect's probe is a probe to everybody, of nobody's address", () => {
  for (const { dialect, address } of rows) {
    const frame = dialect.probeFrame(US, address);
    const packet = read(dialect, frame);
    assert.ok(isProbe(packet));
    assert.deepEqual([packet.senderMac, packet.targetIp], [US.mac, address]);
    assert.equal((frame[0] ?? 0) & 1, 1);
  }
});

Deno.test("every dialect's announcement is a use, told to everybody", () => {
  for (const { dialect, address } of rows) {
    const frames = dialect.announceFrames(US, address);
    assert.ok(frames.length > 0);
    for (const frame of frames) {
      const packet = read(dialect, frame);
      assert.ok(!isProbe(packet));
      assert.deepEqual([packet.senderMac, packet.senderIp], [US.mac, address]);
      assert.equal((frame[0] ?? 0) & 1, 1);
    }
  }
});

Deno.test("every dialect's question goes to one station, and says nothing about the address", () => {
  for (const { dialect, address } of rows) {
    for (const from of [US, { mac: US.mac }]) {
      const frame = dialect.askFrame(from, address, HOLDER);
      const packet = read(dialect, frame);
      assert.deepEqual(frame.subarray(0, 6), macToBytes(HOLDER));
      assert.deepEqual(packet.targetIp, address);
      assert.notDeepEqual(packet.senderIp, address);
    }
  }
});

Deno.test("every dialect's word to a holder is a probe to it alone, and no question is", () => {
  for (const { dialect, address } of rows) {
    const frame = dialect.seekFrame(US, address, HOLDER);
    const packet = read(dialect, frame);
    assert.deepEqual(frame.subarray(0, 6), macToBytes(HOLDER));
    assert.ok(isProbe(packet) && isSeek(packet));
    assert.deepEqual([packet.senderMac, packet.targetIp], [US.mac, address]);
    assert.ok(!isSeek(read(dialect, dialect.askFrame(US, address, HOLDER))));
  }
});

Deno.test("a dialect takes nothing of the other", () => {
  for (const { dialect } of rows) {
    for (const other of rows) {
      if (other.dialect === dialect) continue;
      assert.equal(typeof dialect.readFrame(other.dialect.probeFrame(US, other.address)), "string");
    }
  }
});

Deno.test("a solicitation from an address is its use, by whom its option names", () => {
  const address = ip("fd00::200");
  const message = ndpQuestion(address, mac(3), ip("fd00::1"));
  const frame = encodeNdpFrame({ sourceMac: HOLDER, message }, US.mac);
  assert.deepEqual(DIALECTS.IPv6.readFrame(frame), {
    operation: "request",
    senderMac: mac(3),
    senderIp: address,
    targetIp: ip("fd00::1"),
  });
});

function read(dialect: Dialect, frame: Uint8Array): NeighborPacket {
  const packet = dialect.readFrame(frame);
  assert.ok(typeof packet !== "string", `${packet}`);
  return packet;
}

function mac(n: number): Mac {
  return macFromBytes(Uint8Array.of(2, 0, 0, 0, 0, n));
}

function ip(text: string): IpAddress {
  const address = parseIp(text);
  assert.ok(address);
  return address;
}
