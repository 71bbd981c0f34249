import assert from "node:assert/strict";
import { formatIp, parseIp } from "../ip/address.ts";
import type { Service } from "../kube/types.ts";
import { Expectations } from "./expectations.ts";
import { serviceOf } from "./testing.ts";

const KEY = "default/a";

/** A Service in some version, with the address that it has there. */
function versionOf(resourceVersion: string, held: readonly string[], uid = "u"): Service {
  const service = serviceOf({ name: "a", held });
  return { ...service, meta: { ...service.meta, resourceVersion, uid } };
}

function heldIn(service: Service | undefined): string | undefined {
  return service?.ingress.map(({ ip }) => ip).join(",");
}

Deno.test("view() shows our own write until the cache has it or something newer", () => {
  const rows = [
    { name: "before our write", cached: versionOf("9", []), want: "10.0.0.1" },
    { name: "our write", cached: versionOf("10", ["10.0.0.1"]), want: "10.0.0.1" },
    { name: "a later write of others", cached: versionOf("11", ["10.0.0.7"]), want: "10.0.0.7" },
    { name: "made anew", cached: versionOf("9", [], "v"), want: "" },
    { name: "a version that is no number", cached: versionOf("x", []), want: "" },
    { name: "gone", cached: undefined, want: undefined },
  ];
  for (const { name, cached, want } of rows) {
    const expectations = new Expectations();
    expectations.wrote(versionOf("10", ["10.0.0.1"]));
    assert.equal(heldIn(expectations.view(KEY, cached).service), want, name);
  }
});

Deno.test("view() forgets a write once the cache caught up, and a Service that is gone", () => {
  const expectations = new Expectations();
  for (const caughtUp of [versionOf("10", ["10.0.0.1"]), undefined]) {
    expectations.wrote(versionOf("10", ["10.0.0.1"]));
    expectations.view(KEY, caughtUp);
    assert.equal(heldIn(expectations.view(KEY, versionOf("9", [])).service), "");
  }
});

Deno.test("view() keeps addresses in doubt until the Service is seen in another version", () => {
  const address = parseIp("10.0.0.1");
  assert.ok(address !== undefined);
  const expectations = new Expectations();
  expectations.doubted(versionOf("9", []), [address]);
  const doubtful = (cached: Service | undefined): readonly string[] =>
    expectations.view(KEY, cached).doubtful.map(formatIp);
  assert.deepEqual(doubtful(versionOf("9", [])), ["10.0.0.1"]);
  assert.deepEqual(doubtful(versionOf("10", ["10.0.0.1"])), []);
  assert.deepEqual(doubtful(versionOf("9", [])), []);
  expectations.doubted(versionOf("9", []), [address]);
  assert.deepEqual(doubtful(undefined), []);
});

Deno.test("takeChanged() tells once of which Services more is known", () => {
  const expectations = new Expectations();
  expectations.wrote(versionOf("10", []));
  assert.deepEqual([...expectations.takeChanged()], [KEY]);
  assert.deepEqual([...expectations.takeChanged()], []);
  expectations.doubted(versionOf("10", []), []);
  assert.deepEqual([...expectations.takeChanged()], [KEY]);
});
