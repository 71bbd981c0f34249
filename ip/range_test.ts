import assert from "node:assert/strict";
import fc from "fast-check";
import type { Family } from "./address.ts";
import {
  compareRange,
  formatRange,
  type IpRange,
  parseRange,
  rangeContains,
  rangeSize,
  rangesOverlap,
} from "./range.ts";

/** Ranges of few addresses close together, so that they meet often. */
const smallRange: fc.Arbitrary<IpRange> = fc.tuple(
  fc.constantFrom<Family>("IPv4", "IPv6"),
  fc.bigInt({ min: 0n, max: 40n }),
  fc.bigInt({ min: 0n, max: 8n }),
).map(([family, first, size]) => ({ family, first, last: first + size }));

const rows: readonly { readonly input: string; readonly want: string }[] = [
  { input: "192.168.0.200-192.168.0.250", want: "192.168.0.200-192.168.0.250" },
  { input: "192.168.0.200 - 192.168.0.250", want: "192.168.0.200-192.168.0.250" },
  { input: "192.168.0.200-192.168.0.200", want: "192.168.0.200" },
  { input: "2001:db8::10-2001:DB8::ff", want: "2001:db8::10-2001:db8::ff" },
  { input: "0.0.0.0-255.255.255.255", want: "0.0.0.0-255.255.255.255" },
  { input: "192.168.0.200", want: "not-a-range" },
  { input: "", want: "not-a-range" },
  { input: "192.168.0-192.168.0.250", want: "bad-start" },
  { input: "-192.168.0.250", want: "bad-start" },
  { input: "192.168.0.0/24-192.168.1.0/24", want: "bad-start" },
  { input: "192.168.0.200-250", want: "bad-end" },
  { input: "192.168.0.200-", want: "bad-end" },
  { input: "10.0.0.1-10.0.0.2-10.0.0.3", want: "bad-end" },
  { input: "10.0.0.1-fe80::1%eth0", want: "bad-end" },
  { input: "10.0.0.1-2001:db8::1", want: "mixed-families" },
  { input: "192.168.0.250-192.168.0.200", want: "reversed" },
];

Deno.test("parseRange() reads both ends, or says what is wrong", async (t) => {
  for (const { input, want } of rows) {
    await t.step(JSON.stringify(input), () => {
      const range = parseRange(input);
      assert.equal(typeof range === "string" ? range : formatRange(range), want);
    });
  }
});

Deno.test("parseRange() gives back what formatRange() wrote, of two addresses or more", () => {
  fc.assert(fc.property(smallRange, (range) => {
    const text = formatRange(range);
    assert.deepEqual(parseRange(text.includes("-") ? text : `${text}-${text}`), range);
  }));
});

Deno.test("rangeSize() counts past what a number holds", () => {
  assert.equal(rangeSize({ family: "IPv6", first: 0n, last: (1n << 128n) - 1n }), 1n << 128n);
});

Deno.test("rangesOverlap() is true exactly where an address lies in both", () => {
  fc.assert(fc.property(smallRange, smallRange, (a, b) => {
    const shared = addressesOf(a).some((address) => rangeContains(b, address));
    assert.equal(rangesOverlap(a, b), shared);
    assert.equal(rangesOverlap(b, a), shared);
  }));
});

Deno.test("compareRange() orders by family, first, last", () => {
  const texts = ["10.0.0.1-10.0.0.9", "::1-::2", "10.0.0.1-10.0.0.2", "9.0.0.1-9.0.0.1"];
  const ranges = texts.map(parseRange).filter((range) => typeof range !== "string");
  assert.deepEqual(ranges.toSorted(compareRange).map(formatRange), [
    "9.0.0.1",
    "10.0.0.1-10.0.0.2",
    "10.0.0.1-10.0.0.9",
    "::1-::2",
  ]);
});

function addressesOf(range: IpRange): readonly { family: Family; value: bigint }[] {
  const { family, first } = range;
  return Array.from({ length: Number(rangeSize(range)) }, (_, i) => ({
    family,
    value: first + BigInt(i),
  }));
}
