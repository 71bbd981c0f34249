import assert from "node:assert/strict";
import fc from "fast-check";
import { ipFromBytes } from "../ip/address.ts";
import {
  decodeAddress,
  describeAddress,
  encodeAddress,
  encodeAddressDump,
  encodeAddressKey,
} from "./address.ts";
import { fromHex } from "./testing.ts";
import type { InterfaceAddress } from "./values.ts";

const VIP4: InterfaceAddress = {
  linkIndex: 3,
  address: { family: "IPv4", value: 0xc00002c8n },
  prefixLength: 32,
  scope: 0,
  flags: 0x220,
  label: "v0:lanlord",
  proto: 77,
  preferredSeconds: 0,
  validSeconds: 30,
};
const VIP6: InterfaceAddress = {
  ...VIP4,
  address: { family: "IPv6", value: 0x20010db80000000000000000000000c8n },
  prefixLength: 128,
  flags: 0x260,
  label: undefined,
};

/** Objects as literals are, so that deepEqual takes them for equal. */
const PLAIN = { noNullPrototype: true } as const;

interface Row {
  readonly name: string;
  readonly input: string;
  readonly want: InterfaceAddress | undefined;
}

// RTM_NEWADDR payloads as Linux 6.18 on x86_64 sent them, unless the name says otherwise.
const ROWS: readonly Row[] = [
  {
    name: "IPv4, ours",
    input: `
      02 20 20 00 03 00 00 00               # AF_INET /32, deprecated, universe, link 3
      08 00 01 00 c0 00 02 c8               # IFA_ADDRESS
      08 00 02 00 c0 00 02 c8               # IFA_LOCAL
      0f 00 03 00 76 30 3a 6c 61 6e 6c 6f 72 64 00 00   # IFA_LABEL
      05 00 0b 00 4d 00 00 00               # IFA_PROTO 77
      08 00 08 00 20 02 00 00               # IFA_FLAGS: deprecated, noprefixroute
      14 00 06 00 00 00 00 00 1e 00 00 00 ae 27 03 00 ae 27 03 00   # IFA_CACHEINFO 0, 30 s
    `,
    want: VIP4,
  },
  {
    name: "IPv6, ours",
    input: `
      0a 80 60 00 03 00 00 00
      14 00 01 00 20 01 0d b8 00 00 00 00 00 00 00 00 00 00 00 c8   # IFA_ADDRESS alone
      14 00 06 00 00 00 00 00 1e 00 00 00 ae 27 03 00 ae 27 03 00
      08 00 08 00 60 02 00 00               # deprecated, tentative, noprefixroute
      05 00 0b 00 4d 00 00 00
    `,
    want: VIP6,
  },
  {
    name: "IPv4 loopback",
    input: `
      02 08 80 fe 01 00 00 00               # /8, permanent, scope host
      08 00 01 00 7f 00 00 01 08 00 02 00 7f 00 00 01 07 00 03 00 6c 6f 00 00
      08 00 08 00 80 00 00 00
      14 00 06 00 ff ff ff ff ff ff ff ff 97 27 03 00 97 27 03 00
    `,
    want: {
      linkIndex: 1,
      address: { family: "IPv4", value: 0x7f000001n },
      prefixLength: 8,
      scope: 254,
      flags: 0x80,
      label: "lo",
      proto: 0,
      preferredSeconds: "forever",
      validSeconds: "forever",
    },
  },
  {
    name: "made up: point to point, the peer's address is not ours; no flags, no lifetimes",
    input: "02 20 80 00 05 00 00 00  08 00 01 00 0a 00 00 02  08 00 02 00 0a 00 00 01",
    want: {
      linkIndex: 5,
      address: { family: "IPv4", value: 0x0a000001n },
      prefixLength: 32,
      scope: 0,
      flags: 0x80,
      label: undefined,
      proto: 0,
      preferredSeconds: "forever",
      validSeconds: "forever",
    },
  },
  { name: "made up: another family", input: "1c 00 00 00 01 00 00 00", want: undefined },
];

Deno.test("decodeAddress() reads what the kernel sent", async (t) => {
  for (const { name, input, want } of ROWS) {
    await t.step(name, () => assert.deepEqual(decodeAddress(fromHex(input)), want));
  }
});

Deno.test("decodeAddress() rejects what is cut short", async (t) => {
  const rows = [
    { input: "02 20 20 00 03 00 00", want: "Cannot decode address: need 8 bytes, have 7" },
    {
      input: "02 20 20 00 03 00 00 00",
      want: "Cannot read IP address: need 4 or 16 bytes, have 0",
    },
    {
      input: "02 20 20 00 03 00 00 00 08 00 02 00 c0 00 02",
      want: "Cannot decode attribute: want a length of 4 to 7 bytes, found 8",
    },
    {
      input: "02 20 20 00 03 00 00 00 08 00 02 00 c0 00 02 c8 08 00 06 00 00 00 00 00",
      want: "Cannot decode 32-bit attribute: need 4 bytes, have 0",
    },
  ];
  for (const { input, want } of rows) {
    await t.step(want, () => {
      assert.throws(() => decodeAddress(fromHex(input)), new RangeError(want));
    });
  }
});

Deno.test("encodeAddress() writes what Linux accepted", () => {
  const want = fromHex(`
    02 20 00 00 03 00 00 00
    08 00 02 00 c0 00 02 c8 08 00 01 00 c0 00 02 c8
    08 00 08 00 00 02 00 00
    14 00 06 00 00 00 00 00 1e 00 00 00 00 00 00 00 00 00 00 00
    0f 00 03 00 76 30 3a 6c 61 6e 6c 6f 72 64 00 00
    05 00 0b 00 4d 00 00 00
  `);
  assert.deepEqual(encodeAddress({ ...VIP4, flags: 0x200 }), want);
});

Deno.test("encodeAddressKey() leaves out what may have changed", () => {
  const want = fromHex("02 20 20 00 03 00 00 00 08 00 02 00 c0 00 02 c8 08 00 01 00 c0 00 02 c8");
  assert.deepEqual(encodeAddressKey(VIP4), want);
});

Deno.test("encodeAddress() rejects what the kernel's structures cannot hold", async (t) => {
  const lifetime = "Cannot encode lifetime: want whole seconds below 2^32 - 1, found";
  const rows: readonly { change: Partial<InterfaceAddress>; want: string }[] = [
    {
      change: { label: "exactly16-chars!" },
      want: 'Cannot encode label: want at most 15 characters, found "exactly16-chars!"',
    },
    {
      change: { prefixLength: 33 },
      want: "Cannot encode address: want a prefix length of 0 to 32, found 33",
    },
    {
      change: { prefixLength: NaN },
      want: "Cannot encode address: want a prefix length of 0 to 32, found NaN",
    },
    { change: { validSeconds: 0xffffffff }, want: `${lifetime} 4294967295` },
    { change: { preferredSeconds: -1 }, want: `${lifetime} -1` },
    { change: { validSeconds: 1.5 }, want: `${lifetime} 1.5` },
  ];
  for (const { change, want } of rows) {
    await t.step(want, () => {
      assert.throws(() => encodeAddress({ ...VIP4, ...change }), new RangeError(want));
    });
  }
});

Deno.test("decodeAddress() undoes encodeAddress()", () => {
  const seconds = fc.oneof(fc.constant("forever" as const), fc.nat(0xfffffffe));
  const rest = {
    linkIndex: fc.nat(0x7fffffff),
    scope: fc.nat(255),
    flags: fc.nat(0xffffffff),
    proto: fc.nat(255),
    preferredSeconds: seconds,
    validSeconds: seconds,
  };
  const bytes = (length: number): fc.Arbitrary<Uint8Array> =>
    fc.uint8Array({ minLength: length, maxLength: length });
  const label = fc.option(fc.stringMatching(/^[ -~]{1,15}$/), { nil: undefined });
  const ipv4 = { ...rest, address: bytes(4).map(ipFromBytes), prefixLength: fc.nat(32), label };
  const ipv6 = {
    ...rest,
    address: bytes(16).map(ipFromBytes),
    prefixLength: fc.nat(128),
    label: fc.constant(undefined),
    routePriority: fc.nat(0xffffffff),
  };
  fc.assert(fc.property(fc.oneof(fc.record(ipv4, PLAIN), fc.record(ipv6, PLAIN)), (address) => {
    assert.deepEqual(decodeAddress(encodeAddress(address)), address);
  }));
});

Deno.test("describeAddress() names address, length and link", () => {
  assert.equal(describeAddress(VIP6), '"2001:db8::c8/128" of link 3');
});

Deno.test("encodeAddressDump() asks for all", () => {
  assert.deepEqual(encodeAddressDump(), new Uint8Array(8));
});
