import assert from "node:assert/strict";
import fc from "fast-check";
import { macFromBytes, parseMac } from "../ip/mac.ts";
import { decodeLink, encodeLink, encodeLinkDump } from "./link.ts";
import { fromHex } from "./testing.ts";
import type { Link } from "./values.ts";

interface Row {
  readonly name: string;
  readonly input: string;
  readonly want: Link | undefined;
}

// Payloads as Linux 6.18 on x86_64 sent them; of the first two, attributes that are not read are left out.
const ROWS: readonly Row[] = [
  {
    name: "veth",
    input: `
      00 00 01 00 03 00 00 00               # AF_UNSPEC, ARPHRD_ETHER, link 3
      43 10 01 00 00 00 00 00               # up, broadcast, running, multicast, lower up
      07 00 03 00 76 30 00 00               # IFLA_IFNAME
      08 00 0d 00 e8 03 00 00               # IFLA_TXQLEN
      05 00 10 00 06 00 00 00               # IFLA_OPERSTATE
      0a 00 01 00 5a 2c 00 1b 6d 9f 00 00   # IFLA_ADDRESS
      0a 00 02 00 ff ff ff ff ff ff 00 00   # IFLA_BROADCAST
      10 00 12 00 09 00 01 00 76 65 74 68 00 00 00 00   # IFLA_LINKINFO { IFLA_INFO_KIND }
      08 00 05 00 02 00 00 00               # IFLA_LINK
      04 00 3e 80 04 00 41 80
    `,
    want: {
      index: 3,
      name: "v0",
      mac: parseMac("5a:2c:00:1b:6d:9f"),
      isUp: true,
      hasCarrier: true,
      isLoopback: false,
      canBroadcast: true,
      isNoArp: false,
      masterIndex: undefined,
      kind: "veth",
    },
  },
  {
    name: "loopback, whose hardware address is none",
    input: `
      00 00 04 03 01 00 00 00 49 00 01 00 00 00 00 00
      07 00 03 00 6c 6f 00 00
      0a 00 01 00 00 00 00 00 00 00 00 00
    `,
    want: {
      index: 1,
      name: "lo",
      mac: undefined,
      isUp: true,
      hasCarrier: true,
      isLoopback: true,
      canBroadcast: false,
      isNoArp: false,
      masterIndex: undefined,
      kind: undefined,
    },
  },
  {
    name: "RTM_DELLINK of AF_BRIDGE: a port left its bridge",
    input: `
      07 00 01 00 03 00 00 00 43 10 01 00 00 00 00 00
      07 00 03 00 76 30 00 00 08 00 0a 00 04 00 00 00 08 00 04 00 dc 05 00 00
      05 00 10 00 06 00 00 00 0a 00 01 00 5a 2c 00 1b 6d 9f 00 00 08 00 05 00 02 00 00 00
    `,
    want: undefined,
  },
  {
    name: "made up: a wireless event has no name",
    input: "00 00 01 00 03 00 00 00 43 10 01 00 00 00 00 00 08 00 0b 00 00 00 00 00",
    want: undefined,
  },
  {
    name: "made up: Infiniband, down, without ARP, in a bond",
    input: `
      00 00 20 00 04 00 00 00 80 00 00 00 00 00 00 00
      08 00 03 00 69 62 30 00
      18 00 01 00 00 01 02 03 04 05 06 07 08 09 0a 0b 0c 0d 0e 0f 10 11 12 13
      08 00 0a 00 09 00 00 00
    `,
    want: {
      index: 4,
      name: "ib0",
      mac: undefined,
      isUp: false,
      hasCarrier: false,
      isLoopback: false,
      canBroadcast: false,
      isNoArp: true,
      masterIndex: 9,
      kind: undefined,
    },
  },
];

Deno.test("decodeLink() reads what the kernel sent", async (t) => {
  for (const { name, input, want } of ROWS) {
    await t.step(name, () => assert.deepEqual(decodeLink(fromHex(input)), want));
  }
});

Deno.test("decodeLink() rejects what is cut short", async (t) => {
  const rows = [
    { length: 15, want: "Cannot decode link: need 16 bytes, have 15" },
    { length: 22, want: "Cannot decode attribute: want a length of 4 to 6 bytes, found 7" },
  ];
  const input = fromHex(ROWS[0]?.input ?? "");
  for (const { length, want } of rows) {
    await t.step(want, () => {
      assert.throws(() => decodeLink(input.subarray(0, length)), new RangeError(want));
    });
  }
});

Deno.test("decodeLink() undoes encodeLink()", () => {
  const name = fc.stringMatching(/^[!-.0-~]{1,15}$/);
  const mac = fc.uint8Array({ minLength: 6, maxLength: 6 }).map(macFromBytes);
  const link = fc.record({
    index: fc.nat(0x7fffffff),
    name,
    mac: fc.option(mac, { nil: undefined }),
    isUp: fc.boolean(),
    hasCarrier: fc.boolean(),
    isLoopback: fc.boolean(),
    canBroadcast: fc.boolean(),
    isNoArp: fc.boolean(),
    masterIndex: fc.option(fc.nat(0x7fffffff), { nil: undefined }),
    kind: fc.option(name, { nil: undefined }),
  }, { noNullPrototype: true });
  fc.assert(fc.property(link, (wanted) => {
    assert.deepEqual(decodeLink(encodeLink(wanted)), wanted);
  }));
});

Deno.test("encodeLinkDump() asks for all links without their counters", () => {
  assert.deepEqual(encodeLinkDump(), fromHex(`${"00".repeat(16)} 08 00 1d 00 08 00 00 00`));
});
