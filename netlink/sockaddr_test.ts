import assert from "node:assert/strict";
import { encodeNetlinkAddress, encodePacketAddress, encodePacketMembership } from "./sockaddr.ts";
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
  ];
  for (const { name, found, want } of rows) {
    await t.step(name, () => assert.deepEqual(found, fromHex(want)));
  }
});
