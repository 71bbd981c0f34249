import assert from "node:assert/strict";
import fc from "fast-check";
import { VirtualLan } from "./virtual_lan.ts";

const NODES = ["n1", "n2", "n3", "n4"];
const ADDRESSES = ["192.168.0.200", "192.168.0.201", "192.168.0.202"];

type Fault =
  | { readonly kind: "crash" | "start" | "freeze" | "thaw" | "kill" | "cut"; readonly node: string }
  | { readonly kind: "heal" }
  | { readonly kind: "pause"; readonly ms: number };

const node = fc.constantFrom(...NODES);
const pause: fc.Arbitrary<Fault> = fc.record({
  kind: fc.constant("pause" as const),
  ms: fc.integer({ min: 1, max: 40_000 }),
});
const fault = (...kinds: readonly ("crash" | "start" | "freeze" | "thaw" | "kill" | "cut")[]) =>
  fc.record({ kind: fc.constantFrom(...kinds), node });

Deno.test("whatever processes and nodes do, no address ever has two owners on one segment", () => {
  const faults = fc.array(
    fc.oneof(pause, fault("crash", "start", "freeze", "thaw", "kill")),
    { maxLength: 25 },
  );
  fc.assert(
    fc.property(faults, (list) => {
      const lan = openLan();
      const check = (): void => {
        for (const address of ADDRESSES) {
          assert.ok(lan.answering(address).length <= 1, `${lan.answering(address)} at ${lan.now}`);
        }
      };
      for (const each of list) apply(lan, each, check);
      settle(lan);
      lan.run(45_000, check);
      checkOwned(lan);
    }),
    { numRuns: 20, seed: 20_260 },
  );
});

Deno.test("after partitions have healed every address has one owner again", () => {
  const faults = fc.array(
    fc.oneof(pause, fault("crash", "start", "cut"), fc.constant<Fault>({ kind: "heal" })),
    { maxLength: 20 },
  );
  fc.assert(
    fc.property(faults, (list) => {
      const lan = openLan();
      for (const each of list) apply(lan, each, () => {});
      settle(lan);
      lan.run(130_000);
      checkOwned(lan);
    }),
    { numRuns: 15, seed: 20_261 },
  );
});

function openLan(): VirtualLan {
  const lan = new VirtualLan(NODES);
  lan.boot();
  lan.assign(ADDRESSES);
  lan.run(2_000);
  return lan;
}

function apply(lan: VirtualLan, what: Fault, check: () => void): void {
  switch (what.kind) {
    case "pause":
      return lan.run(what.ms, check);
    case "heal":
      return lan.cut(NODES, 0);
    case "cut":
      return lan.cut([what.node], 1 + NODES.indexOf(what.node) % 2);
    default:
      return lan[what.kind](what.node);
  }
}

/** Everything works again. */
function settle(lan: VirtualLan): void {
  lan.cut(NODES, 0);
  for (const name of NODES) lan.start(name);
}

function checkOwned(lan: VirtualLan): void {
  for (const address of ADDRESSES) assert.equal(lan.answering(address).length, 1, address);
}
