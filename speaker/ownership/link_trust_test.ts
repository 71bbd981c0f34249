import { deepEqual, equal } from "node:assert/strict";
import { LinkTrust } from "./link_trust.ts";

Deno.test("a link that came up is trusted when somebody is heard, or after a while", () => {
  const trust = new LinkTrust();
  trust.doubt(2, 100);
  trust.doubt(3, 200);
  equal(trust.isTrusted(2), false);
  equal(trust.isTrusted(4), true);
  equal(trust.hear(3), true);
  equal(trust.isTrusted(3), true);
  equal(trust.hear(3), false);
  equal(trust.nextExpiry(), 100);
  deepEqual(trust.expire(99), []);
  deepEqual(trust.expire(100), [2]);
  equal(trust.isTrusted(2), true);
  equal(trust.nextExpiry(), undefined);
});

Deno.test("a link that takes no frames is not trusted, whatever is heard", () => {
  const trust = new LinkTrust();
  trust.distrust(2, 10);
  equal(trust.hear(2), false);
  equal(trust.isTrusted(2), false);
  deepEqual(trust.expire(10), [2]);
});

Deno.test("a frame that was not taken does not cut short the doubt of a link that came up", () => {
  const trust = new LinkTrust();
  trust.doubt(2, 100);
  trust.distrust(2, 10);
  equal(trust.nextExpiry(), 10);
  deepEqual(trust.expire(10), []);
  equal(trust.isTrusted(2), false);
  equal(trust.hear(2), true);
  trust.doubt(3, 100);
  trust.distrust(3, 200);
  equal(trust.hear(3), false);
  deepEqual(trust.expire(100), []);
  deepEqual(trust.expire(200), [3]);
});
