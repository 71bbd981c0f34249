import assert from "node:assert/strict";
import fc from "fast-check";
import { bitsOf, formatIp, type IpAddress, parseIp } from "./address.ts";
import { formatPrefix, parsePrefix, prefixContains, prefixOf, prefixRange } from "./prefix.ts";
import { formatRange, rangeContains, rangeSize } from "./range.ts";

const anyIp: fc.Arbitrary<IpAddress> = fc.oneof(
  fc.bigInt({ min: 0n, max: 2n ** 32n - 1n }).map((value) => ({ family: "IPv4" as const, value })),
  fc.bigInt({ min: 0n, max: 2n ** 128n - 1n }).map((value) => ({ family: "IPv6" as const, value })),
);

const anyPrefix = anyIp.chain((address) =>
  fc.integer({ min: 0, max: bitsOf(address.family) }).map((length) => prefixOf(address, length))
);

const rows: readonly { readonly input: string; readonly want: string | undefined }[] = [
  { input: "10.0.0.0/8", want: "10.0.0.0/8" },
  { input: "10.20.30.40/24", want: "10.20.30.0/24" }, // host bits are masked off
  { input: "10.20.30.40/32", want: "10.20.30.40/32" },
  { input: "0.0.0.0/0", want: "0.0.0.0/0" },
  { input: "2001:DB8::1/64", want: "2001:db8::/64" },
  { input: "::/0", want: "::/0" },
  { input: "2001:db8::1/128", want: "2001:db8::1/128" },
  { input: "10.0.0.0/33", want: undefined },
  { input: "2001:db8::/129", want: undefined },
  { input: "10.0.0.0", want: undefined },
  { input: "10.0.0.0/", want: undefined },
  { input: "10.0.0.0/08", want: undefined },
  { input: "10.0.0.0/+8", want: undefined },
  { input: "10.0.0.0/-1", want: undefined },
  { input: "10.0.0.0/ 8", want: undefined },
  { input: "10.0.0.0/255.0.0.0", want: undefined },
  { input: "10.0.0.0/8/8", want: undefined },
  { input: "010.0.0.0/8", want: undefined },
  { input: "/8", want: undefined },
];

Deno.test("parsePrefix() masks host bits off and refuses what is no CIDR", async (t) => {
  for (const { input, want } of rows) {
    await t.step(JSON.stringify(input), () => {
      const prefix = parsePrefix(input);
      assert.equal(prefix && formatPrefix(prefix), want);
    });
  }
});

Deno.test("parsePrefix() gives back what formatPrefix() wrote", () => {
  fc.assert(fc.property(anyPrefix, (prefix) => {
    assert.deepEqual(parsePrefix(formatPrefix(prefix)), prefix);
  }));
});

Deno.test("prefixRange() has network and broadcast address", async (t) => {
  const ranges: readonly (readonly [string, string])[] = [
    ["192.168.0.0/24", "192.168.0.0-192.168.0.255"],
    ["192.168.0.7/32", "192.168.0.7"],
    ["0.0.0.0/0", "0.0.0.0-255.255.255.255"],
    ["::/0", "::-ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff"],
    ["2001:db8::/127", "2001:db8::-2001:db8::1"],
  ];
  for (const [input, want] of ranges) {
    await t.step(input, () => {
      const prefix = parsePrefix(input);
      assert.equal(prefix && formatRange(prefixRange(prefix)), want);
    });
  }
});

Deno.test("prefixContains() agrees with the range of the prefix", () => {
  fc.assert(fc.property(anyPrefix, anyIp, (prefix, address) => {
    assert.equal(prefixContains(prefix, address), rangeContains(prefixRange(prefix), address));
  }));
});

Deno.test("prefixOf() contains its address, and has 2 to the number of host bits", () => {
  fc.assert(fc.property(anyIp, fc.nat(128), (address, n) => {
    const bits = bitsOf(address.family);
    const prefix = prefixOf(address, n % (bits + 1));
    assert.ok(prefixContains(prefix, address), formatIp(address));
    assert.equal(rangeSize(prefixRange(prefix)), 1n << BigInt(bits - prefix.length));
  }));
});

Deno.test("prefixContains() never crosses families", () => {
  const prefix = parsePrefix("::/0");
  const address = parseIp("10.0.0.1");
  assert.ok(prefix !== undefined && address !== undefined);
  assert.equal(prefixContains(prefix, address), false);
});
