import assert from "node:assert/strict";
import fc from "fast-check";
import { ascii, asciiOf, attributesOf, encodeAttributes, nested, uint32Of } from "./attribute.ts";
import { fromHex } from "./testing.ts";

Deno.test("attributesOf() undoes encodeAttributes(), each type once", () => {
  const attributes = fc.uniqueArray(
    fc.record({ type: fc.nat(0x3fff), value: fc.uint8Array({ maxLength: 20 }) }),
    { selector: ({ type }) => type, maxLength: 10 },
  );
  fc.assert(fc.property(attributes, (wanted) => {
    const found = attributesOf(encodeAttributes(new Uint8Array(0), wanted));
    assert.deepEqual(
      [...found].map(([type, value]) => ({ type, value: [...value] })),
      wanted.map(({ type, value }) => ({ type, value: [...value] })),
    );
  }));
});

Deno.test("attributesOf() sets the flags of a type aside and lets the last of a type count", () => {
  const bytes = fromHex(`
    05 00 01 00 aa 00 00 00
    06 00 01 c0 bb cc 00 00   # NLA_F_NESTED | NLA_F_NET_BYTEORDER
  `);
  assert.deepEqual([...attributesOf(bytes)], [[1, bytes.subarray(12, 14)]]);
});

Deno.test("attributesOf() takes fewer bytes than a header for padding", () => {
  assert.equal(attributesOf(new Uint8Array(3)).size, 0);
});

Deno.test("attributesOf() rejects what is cut short", async (t) => {
  const rows = [
    { name: "length too small", input: "03 00 01 00", found: 3, most: 4 },
    { name: "length too large", input: "09 00 01 00 aa bb cc dd", found: 9, most: 8 },
  ];
  for (const { name, input, found, most } of rows) {
    await t.step(name, () => {
      assert.throws(
        () => attributesOf(fromHex(input)),
        new RangeError(
          `Cannot decode attribute: want a length of 4 to ${most} bytes, found ${found}`,
        ),
      );
    });
  }
});

Deno.test("nested() holds attributes that attributesOf() finds", () => {
  const outer = encodeAttributes(new Uint8Array(0), [
    nested(18, [{ type: 1, value: ascii("br") }]),
  ]);
  const inner = attributesOf(outer).get(18);
  assert.ok(inner);
  assert.equal(asciiOf(attributesOf(inner).get(1) ?? new Uint8Array(0)), "br");
});

Deno.test("uint32Of() rejects fewer than four bytes", () => {
  assert.throws(
    () => uint32Of(new Uint8Array(3)),
    new RangeError("Cannot decode 32-bit attribute: need 4 bytes, have 3"),
  );
});

Deno.test("asciiOf() stops at the first zero and needs none", () => {
  assert.equal(asciiOf(fromHex("6c 6f 00 ff")), "lo");
  assert.equal(asciiOf(fromHex("6c 6f")), "lo");
});

Deno.test("ascii() rejects other characters", () => {
  assert.throws(() => ascii("é"), new RangeError('Cannot encode text: want ASCII, found "é"'));
});
