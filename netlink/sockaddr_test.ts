import assert from "node:assert/strict";
import {
  encodeNetlinkAddress,
  encodePacketAddress,
  encodePacketMembership,
  encodeUnixAddress,
} from "./sockaddr.ts";
import { fromHex } from "./testing.ts";

// Natural alignment, the same on x86_64 and arm64; the bytes are those of a little-endian machine.
Deno.test("socket addresses are laid out as the kernel's headers say", async (t) => {
  const rows = [
    {
      name: "sockaddr_nl of the kernel",
      found: encodeNetlinkAddress(),
      want: "10 00 00 00 00 00 00 00 00 00 00 00",
    },
    {
      name: "sockaddr_nl with groups 1, 5, 7, 9, 11 and 32",
      found: encodeNetlinkAddress([1, 5, 7, 9, 11, 32]),
      want: "10 00 00 00 00 00 00 00 51 05 00 80",
    },
    {
      name: "sockaddr_ll, whose protocol is big-endian",
      found: encodePacketAddress(258, 0x0806),
      want: "11 00 08 06 02 01 00 00 00 00 00 00 00 00 00 00 00 00 00 00",
    },
    {
      name: "packet_mreq",
      found: encodePacketMembership(258, 2),
      want: "02 01 00 00 02 00 00 00 00 00 00 00 00 00 00 00",
    },
    {
      name: "sockaddr_un of a path, with a zero byte behind it",
      found: encodeUnixAddress(new TextEncoder().encode("/run")),
      want: "01 00 2f 72 75 6e 00",
    },
    {
      name: "sockaddr_un of an abstract name, with a zero byte before it",
      found: encodeUnixAddress(new TextEncoder().encode("@run")),
      want: "01 00 00 72 75 6e",
    },
  ];
  for (const { name, found, want } of rows) {
    await t.step(name, () => assert.deepEqual(found, fromHex(want)));
  }
});

Deno.test("encodeUnixAddress() refuses what is no address, or does not fit", () => {
  const encoder = new TextEncoder();
  for (const name of ["", "run", `/${"a".repeat(107)}`, `@${"a".repeat(108)}`]) {
    assert.throws(() => encodeUnixAddress(encoder.encode(name)), RangeError, name);
  }
  assert.equal(encodeUnixAddress(encoder.encode(`/${"a".repeat(106)}`)).length, 110);
  assert.equal(encodeUnixAddress(encoder.encode(`@${"a".repeat(107)}`)).length, 110);
});
