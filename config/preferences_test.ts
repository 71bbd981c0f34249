import assert from "node:assert/strict";
import type { Json } from "../kube/types.ts";
import { parseL2Advertisement } from "./custom.ts";
import { resource } from "./testing.ts";

Deno.test("preferredNodeSelectors are read in order, the same one twice as two", () => {
  const edge = { weight: 50, preference: { matchLabels: { edge: "" } } };
  const all = { weight: 1, preference: {} };
  const object = resource("ad", { preferredNodeSelectors: [edge, all, edge] });
  const { l2Advertisements, problems } = parseL2Advertisement(object);
  const selectors = [{ edge: "" }, {}, { edge: "" }]
    .map((matchLabels) => ({ matchLabels, matchExpressions: [] }));
  assert.deepEqual(problems, []);
  assert.deepEqual(
    l2Advertisements[0]?.preferences,
    [50, 1, 50].map((weight, i) => ({ weight, selector: selectors[i] })),
  );
});

Deno.test("an advertisement without preferredNodeSelectors, or an empty list, prefers nobody", () => {
  const specs: readonly Json[] = [{}, { preferredNodeSelectors: [] }];
  for (const spec of specs) {
    const [advertisement] = parseL2Advertisement(resource("ad", spec)).l2Advertisements;
    assert.ok(advertisement !== undefined && !("preferences" in advertisement));
  }
});
