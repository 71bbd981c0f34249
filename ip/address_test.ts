import assert from "node:assert/strict";
import fc from "fast-check";
import {
  bitsOf,
  compareIp,
  equalIp,
  type Family,
  formatIp,
  type IpAddress,
  ipFromBytes,
  ipToBytes,
  parseIp,
} from "./address.ts";

/** Any address of either family; zeros are frequent, so that `::` is. */
const anyIp: fc.Arbitrary<IpAddress> = fc.oneof(
  fc.bigInt({ min: 0n, max: 2n ** 32n - 1n }).map((value) => ({ family: "IPv4" as const, value })),
  fc.array(fc.constantFrom(0n, 0n, 1n, 0xffffn, 0x2001n), { minLength: 8, maxLength: 8 })
    .map((groups) => groups.reduce((value: bigint, group) => value << 16n | group, 0n))
    .map((value) => ({ family: "IPv6" as const, value })),
  fc.bigInt({ min: 0n, max: 2n ** 128n - 1n }).map((value) => ({ family: "IPv6" as const, value })),
);

/** `want` is the canonical text; `undefined` where the input is no address. */
const rows: readonly { readonly input: string; readonly want: string | undefined }[] = [
  { input: "192.168.0.200", want: "192.168.0.200" },
  { input: "0.0.0.0", want: "0.0.0.0" },
  { input: "255.255.255.255", want: "255.255.255.255" },
  { input: "256.0.0.1", want: undefined },
  { input: "1.2.3", want: undefined },
  { input: "1.2.3.4.5", want: undefined },
  { input: "1.2.3.", want: undefined },
  { input: "01.2.3.4", want: undefined }, // RFC 6943 section 3.1.1: might be octal
  { input: "0x1.2.3.4", want: undefined },
  { input: "+1.2.3.4", want: undefined },
  { input: " 1.2.3.4", want: undefined },
  { input: "1.2.3.4\n", want: undefined },
  { input: "\u0661.2.3.4", want: undefined }, // a digit, but not one of ASCII
  { input: "", want: undefined },
  { input: "localhost", want: undefined },
  { input: "::", want: "::" },
  { input: "::1", want: "::1" },
  { input: "1::", want: "1::" },
  { input: "2001:0db8::0001", want: "2001:db8::1" }, // RFC 5952 section 4.1: no leading zeros
  { input: "2001:db8:0:0:0:0:2:1", want: "2001:db8::2:1" }, // 4.2.1: as short as possible
  { input: "2001:db8:0:1:1:1:1:1", want: "2001:db8:0:1:1:1:1:1" }, // 4.2.2: not one group alone
  { input: "2001:0:0:1:0:0:0:1", want: "2001:0:0:1::1" }, // 4.2.3: the longest run
  { input: "2001:db8:0:0:1:0:0:1", want: "2001:db8::1:0:0:1" }, // 4.2.3: the first of equals
  { input: "2001:DB8::ABCD", want: "2001:db8::abcd" }, // 4.3: lower case
  { input: "::ffff:192.0.2.1", want: "::ffff:192.0.2.1" }, // section 5: IPv4-mapped
  { input: "::ffff:c000:201", want: "::ffff:192.0.2.1" },
  { input: "64:ff9b::192.0.2.1", want: "64:ff9b::c000:201" },
  { input: "1:2:3:4:5:6:1.2.3.4", want: "1:2:3:4:5:6:102:304" },
  { input: "1:2:3:4:5:6:7:8", want: "1:2:3:4:5:6:7:8" },
  { input: "1:2:3:4:5:6:7", want: undefined },
  { input: "1:2:3:4:5:6:7:8:9", want: undefined },
  { input: "1:2:3:4::5:6:7:8", want: undefined }, // "::" stands for at least one group
  { input: "1::2::3", want: undefined },
  { input: ":::", want: undefined },
  { input: ":1::", want: undefined },
  { input: "1:", want: undefined },
  { input: "12345::", want: undefined },
  { input: "g::", want: undefined },
  { input: "fe80::1%eth0", want: undefined },
  { input: "::1.2.3.4:5", want: undefined },
  { input: "1.2.3.4::", want: undefined },
  { input: "::1.2.3.256", want: undefined },
];

Deno.test("parseIp() and formatIp() read any spelling and write the canonical one", async (t) => {
  for (const { input, want } of rows) {
    await t.step(JSON.stringify(input), () => {
      const address = parseIp(input);
      assert.equal(address && formatIp(address), want);
    });
  }
});

Deno.test("parseIp() gives back what formatIp() wrote", () => {
  fc.assert(fc.property(anyIp, (address) => {
    assert.deepEqual(parseIp(formatIp(address)), address);
  }));
});

Deno.test("formatIp() never writes more than one :: nor an upper-case letter", () => {
  fc.assert(fc.property(anyIp, (address) => {
    assert.match(formatIp(address), /^(?!.*::.*::)[0-9a-f:.]+$/);
  }));
});

Deno.test("ipFromBytes() gives back what ipToBytes() wrote", () => {
  fc.assert(fc.property(anyIp, (address) => {
    const bytes = ipToBytes(address);
    assert.equal(bytes.length * 8, bitsOf(address.family));
    assert.deepEqual(ipFromBytes(bytes), address);
  }));
});

Deno.test("ipToBytes() writes network order", () => {
  assert.deepEqual(ipToBytes({ family: "IPv4", value: 0x01020304n }), Uint8Array.of(1, 2, 3, 4));
});

Deno.test("ipFromBytes() refuses other lengths", () => {
  for (const length of [0, 3, 5, 15, 17]) {
    assert.throws(
      () => ipFromBytes(new Uint8Array(length)),
      new RangeError(`Cannot read IP address: need 4 or 16 bytes, have ${length}`),
    );
  }
});

Deno.test("compareIp() puts IPv4 first, then orders by number", () => {
  const texts = ["::1", "10.0.0.9", "2001:db8::", "9.255.255.255", "10.0.0.10", "::"];
  const sorted = texts.flatMap((text) => parseIp(text) ?? []).toSorted(compareIp).map(formatIp);
  assert.deepEqual(sorted, ["9.255.255.255", "10.0.0.9", "10.0.0.10", "::", "::1", "2001:db8::"]);
});

Deno.test("compareIp() is 0 exactly for equal addresses", () => {
  fc.assert(fc.property(anyIp, anyIp, (a, b) => {
    assert.equal(compareIp(a, b) === 0, equalIp(a, b));
    assert.equal(Math.sign(compareIp(a, b)), -Math.sign(compareIp(b, a)));
    assert.equal(compareIp(a, a), 0);
  }));
});

Deno.test("equalIp() tells families apart", () => {
  const value = 1n;
  const families: readonly Family[] = ["IPv4", "IPv6"];
  for (const a of families) {
    for (const b of families) {
      assert.equal(equalIp({ family: a, value }, { family: b, value }), a === b);
    }
  }
});
