import assert from "node:assert/strict";
import { formatIp, parseIp } from "../ip/address.ts";
import type { Service } from "../kube/types.ts";
import { Expectations } from "./expectations.ts";
import { assigned, serviceOf } from "./testing.ts";

/** A Service in some version, with the address that it has there. */
function versionOf(resourceVersion: string, held: readonly string[], uid = "u"): Service {
  const service = serviceOf({ name: "a", held });
  return { ...service, meta: { ...service.meta, resourceVersion, uid } };
}

function cacheOf(...services: readonly Service[]): ReadonlyMap<string, Service> {
  return new Map(services.map((service) => [`default/${service.meta.name}`, service]));
}

Deno.test("view() shows our own write until the cache has it or something newer", () => {
  const rows = [
    { name: "before our write", cached: versionOf("9", []), want: "10.0.0.1" },
    { name: "our write", cached: versionOf("10", ["10.0.0.1"]), want: "10.0.0.1" },
    { name: "a later write of others", cached: versionOf("11", ["10.0.0.7"]), want: "10.0.0.7" },
    { name: "made anew", cached: versionOf("9", [], "v"), want: "" },
    { name: "a version that is no number", cached: versionOf("x", []), want: "" },
  ];
  for (const { name, cached, want } of rows) {
    const expectations = new Expectations();
    expectations.wrote(versionOf("10", ["10.0.0.1"]));
    assert.deepEqual(assigned(expectations.view(cacheOf(cached)).services), { a: want }, name);
  }
});

Deno.test("view() forgets a write once the cache caught up, and a Service that is gone", () => {
  const expectations = new Expectations();
  expectations.wrote(versionOf("10", ["10.0.0.1"]));
  expectations.view(cacheOf(versionOf("10", ["10.0.0.1"])));
  assert.deepEqual(assigned(expectations.view(cacheOf(versionOf("9", []))).services), { a: "" });
  expectations.wrote(versionOf("10", ["10.0.0.1"]));
  assert.deepEqual(expectations.view(cacheOf()).services, []);
});

Deno.test("view() keeps addresses in doubt until the Service is seen in another version", () => {
  const address = parseIp("10.0.0.1");
  assert.ok(address !== undefined);
  const expectations = new Expectations();
  expectations.doubted(versionOf("9", []), [address]);
  const doubtful = (cached: readonly Service[]): readonly string[] =>
    [...expectations.view(cacheOf(...cached)).doubtful.values()].flat().map(formatIp);
  assert.deepEqual(doubtful([versionOf("9", [])]), ["10.0.0.1"]);
  assert.deepEqual(doubtful([versionOf("10", ["10.0.0.1"])]), []);
  assert.deepEqual(doubtful([versionOf("9", [])]), []);
});
