import { deepEqual } from "node:assert/strict";
import type { Json, JsonObject } from "../../../kube/types.ts";
import { faultText } from "../status.ts";
import { applyDefaults } from "./default.ts";
import { pruneObject } from "./prune.ts";
import { parseSchema } from "./schema.ts";
import { validate } from "./validate.ts";

const SCHEMA = parseSchema({
  type: "object",
  properties: {
    spec: {
      type: "object",
      required: ["color"],
      properties: {
        color: { type: "string", enum: ["red", "green"] },
        size: { type: "integer", minimum: 1, maximum: 10, default: 3 },
        code: { type: "string", pattern: "^[a-z]+$", maxLength: 5, minLength: 2 },
        port: { "x-kubernetes-int-or-string": true },
        names: { type: "array", maxItems: 2, items: { type: "string" } },
        tags: { type: "array", items: { type: "string" }, "x-kubernetes-list-type": "set" },
        limits: {
          type: "object",
          default: {},
          properties: { cpu: { type: "number", default: 0.5, exclusiveMinimum: true, minimum: 0 } },
        },
        note: { type: "string", nullable: true },
        labels: { type: "object", additionalProperties: { type: "string" } },
        any: { type: "object", "x-kubernetes-preserve-unknown-fields": true },
        one: { oneOf: [{ required: ["a"] }, { required: ["b"] }], type: "object" },
      },
    },
  },
});

const faultRows: readonly (readonly [spec: JsonObject, want: readonly string[]])[] = [
  [{ color: "red" }, []],
  [{}, ["spec.color: Required value"]],
  [{ color: "blue" }, ['spec.color: Unsupported value: "blue": supported values: "red", "green"']],
  [{ color: 1 }, [
    'spec.color: Invalid value: "integer": spec.color in body must be of type string: "integer"',
  ]],
  [{ color: "red", size: 0 }, [
    "spec.size: Invalid value: 0: spec.size in body should be greater than or equal to 1",
  ]],
  [{ color: "red", size: 11 }, [
    "spec.size: Invalid value: 11: spec.size in body should be less than or equal to 10",
  ]],
  [{ color: "red", code: "A1" }, [
    "spec.code: Invalid value: \"A1\": spec.code in body should match '^[a-z]+$'",
  ]],
  [{ color: "red", code: "a" }, [
    'spec.code: Invalid value: "a": spec.code in body should be at least 2 chars long',
  ]],
  [{ color: "red", code: "abcdef" }, ["spec.code: Too long: may not be more than 5 bytes"]],
  [{ color: "red", port: "http" }, []],
  [{ color: "red", port: true }, [
    'spec.port: Invalid value: "boolean": spec.port in body must be of type integer,string: "boolean"',
  ]],
  [{ color: "red", names: ["a", "b", "c"] }, [
    "spec.names: Too many: 3: must have at most 2 items",
  ]],
  [{ color: "red", names: [5] }, [
    'spec.names[0]: Invalid value: "integer": spec.names[0] in body must be of type string: "integer"',
  ]],
  [{ color: "red", tags: ["a", "a"] }, ['spec.tags[1]: Duplicate value: "a"']],
  [{ color: "red", limits: { cpu: 0 } }, [
    "spec.limits.cpu: Invalid value: 0: spec.limits.cpu in body should be greater than 0",
  ]],
  [{ color: "red", note: null, one: { a: 1 } }, []],
  [{ color: "red", one: { a: 1, b: 2 } }, [
    'spec.one: Invalid value: {"a":1,"b":2}: spec.one in body must validate one and only one schema ' +
    "(oneOf)",
  ]],
];

Deno.test("validate() words faults as the API server does", async (t) => {
  for (const [spec, want] of faultRows) {
    await t.step(JSON.stringify(spec), () => {
      const texts = validate({ spec }, SCHEMA).map((fault) =>
        `${fault.field}: ${faultText(fault)}`
      );
      deepEqual(texts, want);
    });
  }
});

Deno.test("applyDefaults() fills in what is absent, and defaults of defaults", () => {
  const rows: readonly (readonly [Json, Json])[] = [
    [{ spec: {} }, { spec: { size: 3, limits: { cpu: 0.5 } } }],
    [{ spec: { size: 1, limits: { cpu: 1 } } }, { spec: { size: 1, limits: { cpu: 1 } } }],
    [{ spec: { size: null } }, { spec: { size: 3, limits: { cpu: 0.5 } } }],
    [{ spec: { note: null } }, { spec: { note: null, size: 3, limits: { cpu: 0.5 } } }],
    [{}, {}],
  ];
  for (const [input, want] of rows) deepEqual(applyDefaults(input, SCHEMA), want);
});

Deno.test("pruneObject() drops what the schema does not know, and says where it was", () => {
  const object = {
    apiVersion: "example.com/v1",
    kind: "Widget",
    metadata: { name: "a", whatever: 1 },
    spec: { colour: "red", labels: { a: "b" }, any: { deep: { er: 1 } }, limits: { gpu: 1 } },
    extra: 1,
  };
  deepEqual(pruneObject(object, SCHEMA), {
    value: {
      apiVersion: "example.com/v1",
      kind: "Widget",
      metadata: { name: "a", whatever: 1 },
      spec: { labels: { a: "b" }, any: { deep: { er: 1 } }, limits: {} },
    },
    unknown: ["spec.colour", "spec.limits.gpu", "extra"],
  });
});
