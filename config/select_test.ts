import assert from "node:assert/strict";
import fc from "fast-check";
import { type IpAddress, parseIp } from "../ip/address.ts";
import { rangeContains } from "../ip/range.ts";
import { assemble } from "./assemble.ts";
import type { Config, LabelSelector } from "./config.ts";
import { isAvoided, matches, poolOf } from "./select.ts";
import { inputOf, layer2Pools } from "./testing.ts";

function configOf(pools: Readonly<Record<string, readonly string[]>>): Config {
  const { config } = assemble(inputOf({ configMap: layer2Pools(pools) }));
  assert.ok(config !== undefined);
  return config;
}

function ip(text: string): IpAddress {
  const address = parseIp(text);
  assert.ok(address !== undefined);
  return address;
}

Deno.test("poolOf() finds the pool at and between the ends of its ranges", async (t) => {
  const config = configOf({
    b: ["10.0.0.0/30", "10.0.0.8-10.0.0.9"],
    a: ["10.0.0.4/30", "2001:db8::/126"],
    c: ["192.168.0.200-192.168.0.250", "2001:db8::8-2001:db8::9"],
  });
  const rows: readonly (readonly [address: string, pool: string | undefined])[] = [
    ["9.255.255.255", undefined],
    ["10.0.0.0", "b"],
    ["10.0.0.3", "b"],
    ["10.0.0.4", "a"],
    ["10.0.0.7", "a"],
    ["10.0.0.8", "b"],
    ["10.0.0.9", "b"],
    ["10.0.0.10", undefined],
    ["192.168.0.199", undefined],
    ["192.168.0.200", "c"],
    ["192.168.0.250", "c"],
    ["192.168.0.251", undefined],
    ["::a00:0", undefined], // the number of 10.0.0.0, but IPv6
    ["2001:db8::", "a"],
    ["2001:db8::3", "a"],
    ["2001:db8::4", undefined],
    ["2001:db8::9", "c"],
  ];
  for (const [address, want] of rows) {
    await t.step(address, () => assert.equal(poolOf(config, ip(address))?.name, want));
  }
});

Deno.test("poolOf() agrees with a look at every range", () => {
  const blocks = fc.uniqueArray(fc.nat(63), { minLength: 1, maxLength: 30 });
  fc.assert(fc.property(blocks, fc.nat(255), (starts, last) => {
    const pools = starts.map((n) =>
      [`p${n}`, [`10.0.0.${4 * n + 1}-10.0.0.${4 * n + 2}`]] as const
    );
    const config = configOf(Object.fromEntries(pools));
    const address = ip(`10.0.0.${last}`);
    const want = config.pools.find((pool) => pool.ranges.some((r) => rangeContains(r, address)));
    assert.equal(poolOf(config, address), want);
  }));
});

Deno.test("isAvoided() is about IPv4 addresses that end in .0 or .255, where the pool says so", () => {
  const [pool] = configOf({ a: ["10.0.0.0/16"] }).pools;
  assert.ok(pool !== undefined);
  const avoiding = { ...pool, avoidBuggyIPs: true };
  for (
    const [address, want] of [
      ["10.0.1.0", true],
      ["10.0.1.255", true],
      ["10.0.1.1", false],
      ["10.0.0.254", false],
      ["2001:db8::", false],
      ["2001:db8::ff", false],
    ] as const
  ) {
    assert.equal(isAvoided(avoiding, ip(address)), want, address);
    assert.equal(isAvoided(pool, ip(address)), false, address);
  }
});

Deno.test("matches() follows the rules of metav1.LabelSelector", async (t) => {
  const labels = { rack: "a", gpu: "", "kubernetes.io/os": "linux" };
  const expression = (
    key: string,
    operator: LabelSelector["matchExpressions"][number]["operator"],
    ...values: string[]
  ): LabelSelector => ({ matchLabels: {}, matchExpressions: [{ key, operator, values }] });
  const rows: readonly (readonly [name: string, selector: LabelSelector, want: boolean])[] = [
    ["an empty selector", { matchLabels: {}, matchExpressions: [] }, true],
    ["an equal label", { matchLabels: { rack: "a" }, matchExpressions: [] }, true],
    ["another value", { matchLabels: { rack: "b" }, matchExpressions: [] }, false],
    ["an absent label", { matchLabels: { row: "a" }, matchExpressions: [] }, false],
    ["one of two labels", { matchLabels: { rack: "a", row: "1" }, matchExpressions: [] }, false],
    ["In, among", expression("rack", "In", "b", "a"), true],
    ["In, not among", expression("rack", "In", "b"), false],
    ["In, absent", expression("row", "In", "a"), false],
    ["NotIn, among", expression("rack", "NotIn", "a"), false],
    ["NotIn, not among", expression("rack", "NotIn", "b"), true],
    ["NotIn, absent", expression("row", "NotIn", "a"), true],
    ["Exists with an empty value", expression("gpu", "Exists"), true],
    ["Exists, absent", expression("row", "Exists"), false],
    ["Exists, a name that every object has", expression("constructor", "Exists"), false],
    ["DoesNotExist, there", expression("rack", "DoesNotExist"), false],
    ["DoesNotExist, absent", expression("row", "DoesNotExist"), true],
    [
      "labels hold, expressions do not",
      { ...expression("rack", "NotIn", "a"), matchLabels: { rack: "a" } },
      false,
    ],
  ];
  for (const [name, selector, want] of rows) {
    await t.step(name, () => assert.equal(matches(selector, labels), want));
  }
});
