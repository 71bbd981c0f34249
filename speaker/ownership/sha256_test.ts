import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import fc from "fast-check";
import { formatDigest, sha256 } from "./sha256.ts";

Deno.test("sha256() agrees with the platform's implementation", () => {
  const text = fc.oneof(
    fc.string({ unit: "grapheme", maxLength: 200 }),
    fc.nat(200).map((n) => "a".repeat(n)),
  );
  fc.assert(fc.property(text, (value) => {
    const want = createHash("sha256").update(value, "utf8").digest("hex");
    assert.equal(formatDigest(sha256(value)), want);
  }));
});
