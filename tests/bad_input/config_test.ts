import assert from "node:assert/strict";
import {
  assemble,
  type ConfigInput,
  formatPlace,
  nextInForce,
  type Problem,
  type Source,
} from "../../config/mod.ts";
import type { CustomResource, Json } from "../../kube/types.ts";
import { ADDRESS_ROWS } from "./config_address_rows.ts";
import { BGP_ROWS } from "./config_bgp_rows.ts";
import { POOL_ROWS } from "./config_pool_rows.ts";
import { RESOURCE_ROWS } from "./config_resource_rows.ts";
import type { BadResources } from "./config_rows.ts";

const GOOD = `address-pools:
- name: good
  protocol: layer2
  addresses:
  - 172.16.0.10-172.16.0.20
`;

Deno.test("a broken ConfigMap is refused with every fault, by line and column", async (t) => {
  for (const { name, text, want } of [...POOL_ROWS, ...BGP_ROWS]) {
    await t.step(name, () => {
      const input = ofConfigMap(text);
      const errors = errorsOf(input);
      assert.deepEqual(errors.map((e) => `${e.line}:${e.column}: ${e.message}`), want);
      assertPreviousStays(input, errors);
    });
  }
});

Deno.test("broken addresses are refused alike in ConfigMap and IPAddressPool", async (t) => {
  for (const { name, entry, why } of ADDRESS_ROWS) {
    await t.step(name, () => {
      const message = `Cannot use addresses ${JSON.stringify(entry)}: ${why} (pool "lan")`;
      const pool = { name: "lan", protocol: "layer2", addresses: [entry] };
      const text = JSON.stringify({ "address-pools": [pool] });
      const resource = ofResources({ name, want: [], pools: { lan: { addresses: [entry] } } });
      for (const input of [ofConfigMap(text), resource]) {
        const errors = errorsOf(input);
        assert.deepEqual(errors.map((error) => error.message), [message]);
        assertPreviousStays(input, errors);
      }
    });
  }
});

Deno.test("broken custom resources are refused with every fault, by object and field", async (t) => {
  for (const row of RESOURCE_ROWS) {
    await t.step(row.name, () => {
      const input = ofResources(row);
      const errors = errorsOf(input);
      const found = errors.map((error) => `${formatPlace(error)}: ${error.message}`);
      assert.deepEqual(found.map((line) => line.replaceAll("metallb-system/", "")), row.want);
      assertPreviousStays(input, errors);
    });
  }
});

/** Nothing that is broken may disturb what works. */
function assertPreviousStays(input: ConfigInput, errors: readonly Problem[]): void {
  const before = nextInForce(undefined, ofConfigMap(GOOD), []);
  assert.equal(before.config?.pools[0]?.name, "good");
  const after = nextInForce(before, input, []);
  assert.equal(after.config, before.config);
  assert.equal(after.isStale, true);
  assert.equal(after.rejected?.kind, "invalid");
  for (const error of errors) assert.ok(hasSame(after.problems, error));
  const fresh = nextInForce(undefined, input, []);
  assert.equal(fresh.config, undefined);
  assert.equal(fresh.isStale, true);
}

function hasSame(problems: readonly Problem[], error: Problem): boolean {
  return problems.some(({ message, path }) => message === error.message && path === error.path);
}

function errorsOf(input: ConfigInput): readonly Problem[] {
  return assemble(input).problems.filter(({ severity }) => severity === "error");
}

function ofConfigMap(text: string): ConfigInput {
  return { configMap: { source: CONFIG_MAP, text }, pools: [], l2Advertisements: [] };
}

function ofResources({ configMap, pools = {}, advertisements = {} }: BadResources): ConfigInput {
  return {
    ...configMap === undefined ? {} : { configMap: { source: CONFIG_MAP, text: configMap } },
    pools: Object.entries(pools).map(resource),
    l2Advertisements: Object.entries(advertisements).map(resource),
  };
}

const CONFIG_MAP: Source = {
  kind: "object",
  apiVersion: "v1",
  objectKind: "ConfigMap",
  namespace: "metallb-system",
  name: "config",
  uid: "1",
};

function resource([name, spec]: readonly [string, unknown]): CustomResource {
  const json: Json | undefined = spec === undefined ? undefined : JSON.parse(JSON.stringify(spec));
  const meta = {
    namespace: "metallb-system",
    name,
    uid: name,
    resourceVersion: "1",
    creationTimestamp: "2026-01-01T00:00:00Z",
    labels: {},
    annotations: {},
    deletionTimestamp: undefined,
  };
  return { meta, spec: json };
}
