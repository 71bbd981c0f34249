import assert from "node:assert/strict";
import fc from "fast-check";
import { assemble, assembleParsed } from "../config/assemble.ts";
import type { Config } from "../config/config.ts";
import { CONFIG_MAP } from "../config/testing.ts";
import { jsonObjectOf } from "../config/tree.ts";
import type { Json, JsonObject } from "../kube/types.ts";
import { convert } from "./convert.ts";
import { readObjects } from "./objects.ts";
import { parseResources } from "./parsed.ts";
import { writeYaml } from "./yaml_text.ts";

Deno.test("a converted ConfigMap amounts to the same configuration, also after a turn through YAML", () => {
  fc.assert(
    fc.property(arbitraryConfig(), (json) => {
      const text = JSON.stringify(json);
      const before = assemble({
        configMap: { source: CONFIG_MAP, text },
        pools: [],
        l2Advertisements: [],
      });
      assert.ok(before.config, before.problems.map(({ message }) => message).join("\n"));
      const conversion = convert([readObjects("config.yaml", text)], {});
      assert.ok(conversion.kind === "converted");
      const { objects } = conversion;
      const again = readObjects("out", writeYaml(objects)).objects.map(({ tree }) => tree);
      assert.deepEqual(again.map(jsonObjectOf), objects);
      const after = assembleParsed(parseResources(again.map(jsonObjectOf)));
      assert.ok(after.config, after.problems.map(({ message }) => message).join("\n"));
      assert.deepEqual(essence(after.config), essence(before.config));
    }),
    { numRuns: 100 },
  );
});

/** All of a configuration but names and sources: pools and BFD profiles are known by what they say. */
function essence({ pools, l2Advertisements, bgp }: Config): Json {
  const rangesOf = new Map(pools.map(({ name, ranges }) => [name, textOf(ranges)]));
  const profileOf = new Map(bgp?.bfdProfiles.map((each) => [each.name, textOf(nameless(each))]));
  const byRanges = (names: readonly string[]): Json =>
    names.map((name) => rangesOf.get(name) ?? "").toSorted();
  const sorted = (list: readonly unknown[]): Json => list.map(textOf).toSorted();
  return {
    pools: sorted(pools.map(nameless)),
    l2Advertisements: sorted(
      l2Advertisements.map((each) => ({ ...nameless(each), pools: byRanges(each.pools) })),
    ),
    peers: sorted((bgp?.peers ?? []).map((each) => ({
      ...nameless(each),
      bfdProfile: profileOf.get(each.bfdProfile ?? ""),
    }))),
    bgpAdvertisements: sorted(
      (bgp?.advertisements ?? []).map((each) => ({
        ...nameless(each),
        pools: byRanges(each.pools),
      })),
    ),
    bfdProfiles: sorted([...profileOf.values()]),
  };
}

function nameless<T extends { readonly name: string; readonly source: unknown }>(
  { name: _, source: __, ...rest }: T,
): Omit<T, "name" | "source"> {
  return rest;
}

/** The value as text, keys in order. */
function textOf(value: unknown): string {
  return JSON.stringify(value, (_, each) => {
    if (typeof each === "bigint") return `${each}`;
    return typeof each === "object" && each !== null && !Array.isArray(each)
      ? Object.fromEntries(Object.entries(each).toSorted(([a], [b]) => a < b ? -1 : 1))
      : each;
  });
}

const NAME = fc.oneof(
  fc.constantFrom("lan", "LAN", "Lan_", "lan-2", "l.a.n", "true", "1e3", "0x10", "~", "a b", "ü"),
  fc.string({ minLength: 1 }),
);
const TRUTH = fc.constantFrom(undefined, true, false);
const COMMUNITY = fc.tuple(fc.nat(65_535), fc.nat(65_535)).map((pair) => pair.join(":"));

const POOL = fc.record({
  forms: fc.array(fc.nat(4), { minLength: 1, maxLength: 4 }),
  protocol: fc.constantFrom("layer2", "bgp"),
  "auto-assign": TRUTH,
  "avoid-buggy-ips": TRUTH,
  ads: fc.uniqueArray(
    fc.record({
      "aggregation-length": fc.constantFrom(undefined, 32),
      "aggregation-length-v6": fc.constantFrom(undefined, 64, 128),
      communities: fc.uniqueArray(COMMUNITY, { maxLength: 3 }),
    }),
    { maxLength: 2, selector: (each) => each["aggregation-length-v6"] },
  ),
});

type PoolShape = typeof POOL extends fc.Arbitrary<infer T> ? T : never;

const SELECTOR = fc.record({
  "match-labels": fc.dictionary(fc.constantFrom("a", "b/c"), fc.constantFrom("", "x", "1", "yes")),
  "match-expressions": fc.constantFrom([], [{ key: "k", operator: "NotIn", values: ["0", "on"] }]),
});

const PEER = fc.record({
  "my-asn": fc.integer({ min: 1, max: 0xffff_ffff }),
  "peer-asn": fc.integer({ min: 1, max: 0xffff_ffff }),
  "peer-port": fc.constantFrom(undefined, 0, 179, 16_384),
  timers: fc.constantFrom(
    {},
    { "hold-time": "0" },
    { "hold-time": "3s", "keepalive-time": "1s" },
    { "hold-time": "1m30.9s" },
    { "keepalive-time": "10s" },
    { "hold-time": "65535s", "keepalive-time": "1.5s" },
  ),
  "router-id": fc.constantFrom(undefined, "10.0.0.9"),
  "source-address": fc.constantFrom(undefined, "10.0.0.9"),
  password: fc.constantFrom(undefined, "p", "0123"),
  "node-selectors": fc.uniqueArray(SELECTOR, { maxLength: 2, selector: textOf }),
  profile: fc.option(fc.nat(2), { nil: undefined }),
});

const PROFILE = fc.record({
  "receive-interval": fc.constantFrom(undefined, 10, 60_000),
  "transmit-interval": fc.constantFrom(undefined, 300),
  "detect-multiplier": fc.constantFrom(undefined, 2, 255),
  "minimum-ttl": fc.constantFrom(undefined, 1, 254),
  "passive-mode": TRUTH,
});

/** Configurations without faults: hard names, disjoint addresses of all forms, and all that BGP has. */
function arbitraryConfig(): fc.Arbitrary<JsonObject> {
  const pools = fc.uniqueArray(fc.tuple(NAME, POOL), {
    minLength: 1,
    maxLength: 6,
    selector: ([name]) => name,
  });
  const profiles = fc.uniqueArray(fc.tuple(NAME, PROFILE), {
    maxLength: 3,
    selector: ([name]) => name,
  });
  const communities = fc.dictionary(NAME.filter((name) => !name.includes(":")), COMMUNITY);
  return fc.tuple(pools, fc.array(PEER), profiles, communities)
    .map(([pools, peers, profiles, communities]) =>
      withoutUndefined({
        "address-pools": pools.map(([name, pool], i) => ({
          name,
          ...poolOf(i, pool, Object.keys(communities)),
        })),
        peers: peers.map(({ profile, timers, ...peer }, i) => ({
          ...peer,
          ...timers,
          "peer-address": `10.0.0.${i}`,
          "bfd-profile": profile === undefined ? undefined : profiles[profile]?.[0],
        })),
        "bfd-profiles": profiles.map(([name, profile]) => ({ name, ...profile })),
        "bgp-communities": communities,
      })
    );
}

function poolOf(index: number, pool: PoolShape, aliases: readonly string[]): object {
  const { forms, ads, ...rest } = pool;
  const isFour = forms.every((form) => form < 4);
  const advertisements = ads.map((ad) => ({
    ...ad,
    // Of a pool the same, and another than that of the next: else one of two would have no effect.
    localpref: index,
    "aggregation-length-v6": isFour ? undefined : ad["aggregation-length-v6"],
    communities: [...ad.communities, ...aliases.slice(0, 1)],
  }));
  return {
    ...rest,
    addresses: forms.map((form, i) => entryOf(form, index, i)),
    "bgp-advertisements": rest.protocol === "bgp" ? advertisements : undefined,
  };
}

function withoutUndefined(value: unknown): JsonObject {
  return JSON.parse(JSON.stringify(value));
}

function entryOf(form: number, pool: number, entry: number): string {
  const four = `10.${pool}.${entry}`;
  const six = `2001:db8:${pool}:${entry}`;
  switch (form) {
    case 0:
      return `${four}.0/24`;
    case 1:
      return `${four}.77/28`;
    case 2:
      return `${four}.5-${four}.99`;
    case 3:
      return `${four}.5 - ${four}.5`;
    default:
      return `${six}::/64`;
  }
}
