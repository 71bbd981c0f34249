import assert from "node:assert/strict";
import fc from "fast-check";
import { assembleParsed } from "../config/assemble.ts";
import type { JsonObject } from "../kube/types.ts";
import { convert } from "./convert.ts";
import { readObjects } from "./objects.ts";
import { parseResources } from "./parsed.ts";
import {
  convertObjects,
  DUAL,
  kubeVipMap,
  nodeObject,
  pureLbObject,
  serviceObject,
} from "./testing.ts";

/** A run of 10.0.0.0/26 and one of 2001:db8::/122, so that pools overlap often. */
const range = fc.tuple(fc.nat(63), fc.nat(63), fc.boolean()).map(([a, b, isSix]) => {
  const [first, last] = [Math.min(a, b), Math.max(a, b)];
  return isSix
    ? `2001:db8::${first.toString(16)}-2001:db8::${last.toString(16)}`
    : `10.0.0.${first}-10.0.0.${last}`;
});

const namespace = fc.constantFrom("a", "b", "c");

const kubeVip = fc.dictionary(
  fc.constantFrom("range-a", "range-b", "range-global"),
  fc.array(range, { minLength: 1, maxLength: 3 }).map((ranges) => ranges.join(",")),
  { minKeys: 1 },
).map((data): readonly JsonObject[] => [kubeVipMap(data)]);

const pureLb = fc.uniqueArray(
  fc.tuple(fc.constantFrom("default", "x", "y"), range, fc.constantFrom([], ["a"], ["a", "b"])),
  { selector: ([name]) => name, minLength: 1 },
).map((groups): readonly JsonObject[] =>
  groups.map(([name, pool, namespaces]) =>
    pureLbObject("ServiceGroup", name, { local: { v4pool: { pool, subnet: "::/0" } }, namespaces })
  )
);

/** Services with addresses in and around the pools, none of which two have. */
const services = fc.uniqueArray(fc.nat(90), { maxLength: 8 }).chain((numbers) =>
  fc.tuple(...numbers.map((number) =>
    fc.record({
      number: fc.constant(number),
      namespace,
      families: fc.constantFrom(4, 6, 46),
      isPureLb: fc.boolean(),
      interface: fc.constantFrom(undefined, "eth1", "auto"),
      isAsked: fc.boolean(),
    })
  ))
);

Deno.test("whatever pools overlap, every Service keeps its address, and the pools are valid", () => {
  fc.assert(
    fc.property(fc.oneof(kubeVip, pureLb), services, (pools, specs) => {
      const left = specs.map(({ number, namespace, families, isAsked, ...rest }) => {
        const [four, six] = [`10.0.0.${number}`, `2001:db8::${number.toString(16)}`];
        const held = families === 46 ? [four, six] : [families === 4 ? four : six];
        return serviceObject(`s${number}`, {
          namespace,
          held,
          annotations: {
            ...rest.isPureLb && { "purelb.io/allocated-by": "PureLB" },
            ...rest.interface && { "kube-vip.io/serviceInterface": rest.interface },
          },
          spec: {
            ...families === 46 && DUAL,
            ...families === 6 && { ipFamilies: ["IPv6"] },
            ...isAsked && { loadBalancerIP: held[0] ?? "" },
          },
        });
      });
      const nodes = [nodeObject("n1", ["10.0.0.91", "2001:db8::5b"])];
      const { objects, services, notes } = convertObjects([...pools, ...left, ...nodes]);
      assert.equal(
        services.keptCount,
        specs.length,
        notes.map(({ message }) => message).join("\n"),
      );
      const { problems } = assembleParsed(parseResources(objects));
      assert.deepEqual(problems, []);
    }),
    { numRuns: 300 },
  );
});

/** Objects of all programs, of which any part may be anything. */
const BASE: readonly JsonObject[] = [
  kubeVipMap({ "cidr-global": "10.0.0.0/30", "interface-global": "eth0" }),
  pureLbObject("ServiceGroup", "default", { local: { v4pools: [{ pool: "10.0.0.0/30" }] } }),
  pureLbObject("LBNodeAgent", "default", { local: { localint: "eth0" } }),
  serviceObject("a", { held: ["10.0.0.1"], spec: { loadBalancerIP: "10.0.0.1" } }),
  nodeObject("n1", ["10.0.0.2"], { "svccontroller.k3s.cattle.io/enablelb": "true" }),
  {
    apiVersion: "v1",
    kind: "ConfigMap",
    metadata: { name: "config", namespace: "x" },
    data: { config: "peers: [{ my-asn: 1, peer-asn: 2, peer-address: 10.0.0.9 }]" },
  },
  {
    apiVersion: "metallb.io/v1beta1",
    kind: "IPAddressPool",
    metadata: { name: "p" },
    spec: { addresses: ["10.1.0.0/24"] },
  },
];

Deno.test("whatever stands in the objects, nothing is thrown", () => {
  const spoilt = fc.record({
    index: fc.nat(BASE.length - 1),
    depth: fc.nat(6),
    turns: fc.array(fc.nat(5), { minLength: 6, maxLength: 6 }),
    value: fc.jsonValue(),
  });
  fc.assert(
    fc.property(fc.array(spoilt, { maxLength: 4 }), (faults) => {
      const objects = BASE.map((object, index) =>
        faults.filter((fault) => fault.index === index)
          .reduce<unknown>(
            (left, { depth, turns, value }) => spoil(left, turns.slice(0, depth), value),
            object,
          )
      );
      const text = JSON.stringify({ apiVersion: "v1", kind: "List", items: objects });
      convert([readObjects("left.json", text)], {});
    }),
    { numRuns: 500 },
  );
});

/** The value with one part replaced: at each turn the nth entry, as far as there are any. */
function spoil(whole: unknown, [turn = 0, ...turns]: readonly number[], value: unknown): unknown {
  if (turns.length === 0 || typeof whole !== "object" || whole === null) return value;
  const entries = Object.entries(whole);
  const changed = entries.map(([key, part], i): [string, unknown] => [
    key,
    i === turn % entries.length ? spoil(part, turns, value) : part,
  ]);
  return Array.isArray(whole) ? changed.map(([, part]) => part) : Object.fromEntries(changed);
}
