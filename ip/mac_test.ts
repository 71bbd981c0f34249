import assert from "node:assert/strict";
import fc from "fast-check";
import { BROADCAST, macFromBytes, macToBytes, parseMac, UNSPECIFIED_MAC } from "./mac.ts";

const rows: readonly { readonly input: string; readonly want: string | undefined }[] = [
  { input: "02:00:5e:10:00:01", want: "02:00:5e:10:00:01" },
  { input: "02:00:5E:10:00:0A", want: "02:00:5e:10:00:0a" },
  { input: "02-00-5E-10-00-01", want: "02:00:5e:10:00:01" },
  { input: "02:00-5e:10:00:01", want: undefined },
  { input: "02:00:5e:10:00", want: undefined },
  { input: "02:00:5e:10:00:01:02", want: undefined },
  { input: "2:0:5e:10:0:1", want: undefined },
  { input: "0200.5e10.0001", want: undefined },
  { input: "0g:00:5e:10:00:01", want: undefined },
  { input: " 02:00:5e:10:00:01", want: undefined },
  { input: "", want: undefined },
];

Deno.test("parseMac() reads six octets in either notation", async (t) => {
  for (const { input, want } of rows) {
    await t.step(JSON.stringify(input), () => assert.equal(parseMac(input), want));
  }
});

Deno.test("macToBytes() gives back what macFromBytes() read, and parseMac() takes its text", () => {
  fc.assert(fc.property(fc.uint8Array({ minLength: 6, maxLength: 6 }), (bytes) => {
    const mac = macFromBytes(bytes);
    assert.deepEqual(macToBytes(mac), bytes);
    assert.equal(parseMac(mac.toUpperCase()), mac);
  }));
});

Deno.test("macFromBytes() refuses other lengths", () => {
  for (const length of [0, 5, 7, 8]) {
    assert.throws(
      () => macFromBytes(new Uint8Array(length)),
      new RangeError(`Cannot read MAC address: need 6 bytes, have ${length}`),
    );
  }
});

Deno.test("the well-known addresses are what they say", () => {
  assert.deepEqual(macToBytes(BROADCAST), new Uint8Array(6).fill(0xff));
  assert.deepEqual(macToBytes(UNSPECIFIED_MAC), new Uint8Array(6));
});
