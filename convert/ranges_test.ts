import assert from "node:assert/strict";
import fc from "fast-check";
import { readAddressEntry } from "../config/addresses.ts";
import { formatRange, type IpRange, parseRange } from "../ip/range.ts";
import { formatEntry, withoutRanges } from "./ranges.ts";

Deno.test("formatEntry() writes a CIDR where the range is one", async (t) => {
  const rows: readonly (readonly [range: string, want: string])[] = [
    ["192.168.0.200-192.168.0.207", "192.168.0.200/29"],
    ["192.168.0.201-192.168.0.208", "192.168.0.201-192.168.0.208"],
    ["192.168.0.200-192.168.0.250", "192.168.0.200-192.168.0.250"],
    ["192.168.0.5-192.168.0.5", "192.168.0.5/32"],
    ["2001:db8::-2001:db8::ffff:ffff:ffff:ffff", "2001:db8::/64"],
    ["2001:db8::10-2001:db8::10", "2001:db8::10/128"],
  ];
  for (const [range, want] of rows) {
    await t.step(want, () => {
      assert.equal(formatEntry(rangeOf(range)), want);
      assert.deepEqual(readAddressEntry(want), { kind: "range", range: rangeOf(range) });
    });
  }
});

Deno.test("withoutRanges() leaves what is in none of the others", () => {
  const range = fc.tuple(fc.bigInt(0n, 30n), fc.bigInt(0n, 30n))
    .map(([a, b]): IpRange => ({ family: "IPv4", first: a < b ? a : b, last: a < b ? b : a }));
  fc.assert(fc.property(range, fc.array(range), (whole, others) => {
    const left = withoutRanges(whole, others);
    const values = (each: IpRange): readonly bigint[] =>
      Array.from({ length: Number(each.last - each.first) + 1 }, (_, i) => each.first + BigInt(i));
    const taken = new Set(others.flatMap(values));
    assert.deepEqual(left.flatMap(values), values(whole).filter((value) => !taken.has(value)));
  }));
});

Deno.test("withoutRanges() leaves other families alone", () => {
  const [range] = withoutRanges(rangeOf("10.0.0.0-10.0.0.9"), [rangeOf("::-ffff::")]);
  assert.equal(range && formatRange(range), "10.0.0.0-10.0.0.9");
});

function rangeOf(text: string): IpRange {
  const range = parseRange(text);
  if (typeof range === "string") throw new SyntaxError(`Cannot read range "${text}": ${range}`);
  return range;
}
