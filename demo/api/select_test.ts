import { equal, throws } from "node:assert/strict";
import { parseFieldSelector, parseLabelSelector } from "./select.ts";

const labelRows: readonly (readonly [selector: string, labels: Record<string, string>, boolean])[] =
  [
    ["", {}, true],
    ["a=b", { a: "b" }, true],
    ["a==b", { a: "c" }, false],
    ["a=", { a: "" }, true],
    ["a!=b", {}, true],
    ["a!=b", { a: "b" }, false],
    ["a in (b, c)", { a: "c" }, true],
    ["a in (b,c)", {}, false],
    ["a notin (b,c)", {}, true],
    ["a notin (b,c)", { a: "b" }, false],
    ["a", { a: "" }, true],
    ["!a", { a: "" }, false],
    ["! a", {}, true],
    ["kubernetes.io/service-name=whoami", { "kubernetes.io/service-name": "whoami" }, true],
    ["a=b,c in (d,e),!f", { a: "b", c: "e" }, true],
    ["a=b,c in (d,e),!f", { a: "b", c: "e", f: "" }, false],
  ];

Deno.test("parseLabelSelector() selects by equality and by sets", async (t) => {
  for (const [selector, labels, want] of labelRows) {
    await t.step(`${selector} on ${JSON.stringify(labels)}`, () => {
      equal(parseLabelSelector(selector)({ metadata: { labels } }), want);
    });
  }
  for (const bad of ["a in (b", "a b", "=c"]) {
    await t.step(`${bad} is refused`, () => {
      throws(() => parseLabelSelector(bad), /unable to parse requirement/);
    });
  }
});

const selectable = ["spec.type", "involvedObject.name"];
const object = {
  metadata: { name: "whoami", namespace: "default" },
  spec: { type: "LoadBalancer" },
};

const fieldRows: readonly (readonly [selector: string, boolean])[] = [
  ["", true],
  ["metadata.name=whoami", true],
  ["metadata.name==whoami,metadata.namespace!=default", false],
  ["spec.type!=LoadBalancer", false],
  ["involvedObject.name=", true],
];

Deno.test("parseFieldSelector() selects by the fields of a kind", async (t) => {
  for (const [selector, want] of fieldRows) {
    await t.step(selector, () => equal(parseFieldSelector(selector, selectable)(object), want));
  }
  await t.step("other fields are refused", () => {
    throws(
      () => parseFieldSelector("spec.ports=1", selectable),
      /^ApiError: field label not supported: spec\.ports$/,
    );
  });
});
