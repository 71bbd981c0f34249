import assert from "node:assert/strict";
import fc from "fast-check";
import { assemble } from "./assemble.ts";
import { hasError } from "./problem.ts";
import { inputOf, resource } from "./testing.ts";

/** Keys and values that mean something somewhere, in all the wrong places. */
const word = fc.constantFrom(
  ..."address-pools peers bgp-communities bfd-profiles name protocol layer2 bgp addresses".split(
    " ",
  ),
  ..."auto-assign bgp-advertisements aggregation-length communities my-asn node-selectors".split(
    " ",
  ),
  ..."autoAssign serviceAllocation priority ipAddressPools nodeSelectors matchLabels key".split(
    " ",
  ),
  ..."matchExpressions operator values In Exists weight preference interfaces __proto__".split(" "),
  ..."10.0.0.0/24 10.0.0.1-10.0.0.9 ::/0 - / fe80::1%eth0 constructor 90s".split(" "),
);

const { anyValue } = fc.letrec((tie) => ({
  anyValue: fc.oneof(
    { maxDepth: 5 },
    fc.oneof(word, fc.integer(), fc.boolean(), fc.constant(null), fc.string(), fc.double()),
    fc.array(tie("anyValue"), { maxLength: 4 }),
    fc.dictionary(word, tie("anyValue"), { maxKeys: 4 }),
  ),
}));

Deno.test("assemble() answers whatever the objects hold: a configuration, or an error that says why", () => {
  fc.assert(
    fc.property(anyValue, anyValue, anyValue, (configMap, pool, advertisement) => {
      const { config, problems } = assemble(inputOf({
        configMap: JSON.stringify(configMap) ?? "",
        pools: [resource("a", json(pool))],
        l2Advertisements: [resource("b", json(advertisement))],
      }));
      assert.equal(config === undefined, hasError(problems));
      for (const { message } of problems) {
        assert.match(message, /^[A-Z][^\n]*[^.\n]$/);
        assert.doesNotMatch(message, /undefined|\[object|NaN/);
      }
    }),
    { numRuns: 500 },
  );
});

Deno.test("assemble() tells of a ConfigMap without the key that is read, and of nothing else", () => {
  const source = inputOf({ configMap: "" }).configMap?.source;
  assert.ok(source);
  const rows = [
    { keys: ["config"], want: [] },
    { keys: ["a", "config"], want: [] },
    { keys: undefined, want: [] },
    { keys: ["confg"], want: ['ConfigMap has no pools: need data key "config", have "confg"'] },
    { keys: [], want: ['ConfigMap has no pools: need data key "config", have none'] },
  ];
  for (const { keys, want } of rows) {
    const configMap = { source, text: "", ...keys && { keys } };
    const { config, problems } = assemble({ configMap, pools: [], l2Advertisements: [] });
    assert.deepEqual(config?.pools, []);
    assert.deepEqual(problems.map(({ message }) => message), want);
  }
});

Deno.test("assemble() tells of a wrong protocol once", () => {
  const text = "address-pools: [{ name: a, protocol: layer3, addresses: [10.0.0.0/24] }]";
  const { problems } = assemble(inputOf({ configMap: text }));
  assert.deepEqual(problems.map(({ message }) => message), [
    'Cannot use pool "a": need protocol "layer2" or "bgp", have "layer3"; did you mean "layer2"',
  ]);
});

function json(value: unknown): ReturnType<typeof JSON.parse> {
  return JSON.parse(JSON.stringify(value) ?? "null");
}
