import { deepEqual, doesNotMatch, match } from "node:assert/strict";
import fc from "fast-check";
import type { CustomResource, Json } from "../kube/types.ts";
import { assemble, type ConfigInput } from "./assemble.ts";
import { knownKeys, V1BETA2_PEER_KEYS } from "./bgp_keys.ts";
import { formatProblem } from "./problem.ts";
import { inputOf, resource } from "./testing.ts";

const POOLS: ConfigInput = inputOf({
  pools: [
    resource("a", { addresses: ["10.0.0.0/24"] }),
    resource("b", { addresses: ["fd00::/64"] }),
  ],
  l2Advertisements: [resource("all", { ipAddressPools: ["a"] })],
});

/** Values that mean something in some field, and any other JSON. */
const VALUE: fc.Arbitrary<Json> = fc.oneof(
  fc.constantFrom<Json>("a", "b", "10.0.0.1", "90s", "1ms", "1:1", "large:1:2:3", "", null, true),
  fc.constantFrom<Json>(0, 1, 24, 32, 179, 64_500, -1, 4_294_967_296, 0.5),
  fc.constantFrom<Json>([], ["a"], ["a", "b", "z"], [{}], [{ name: "a", value: "1:1" }], [null]),
  fc.jsonValue({ maxDepth: 3 }).map((value) => JSON.parse(JSON.stringify(value))),
);

function objects(keys: readonly string[]): fc.Arbitrary<readonly CustomResource[]> {
  const spec = fc.oneof(
    VALUE,
    fc.dictionary(fc.constantFrom(...keys, "other"), VALUE, { maxKeys: 6 }),
  );
  const usable = fc.dictionary(fc.constantFrom(...keys), VALUE, { maxKeys: 2 })
    .map((some) => ({ myASN: 1, peerASN: 2, peerAddress: "10.0.0.1", ...some }));
  const any = fc.oneof(spec, keys.includes("myASN") ? usable : spec);
  return fc.uniqueArray(fc.tuple(fc.constantFrom("a", "b", "c"), any), {
    selector: ([name]) => name,
    maxLength: 3,
  }).map((pairs) => pairs.map(([name, value]) => resource(name, value)));
}

const ADVERTISEMENT_KEYS = [
  "ipAddressPools",
  "ipAddressPoolSelectors",
  "nodeSelectors",
  "serviceSelectors",
  "peers",
  "aggregationLength",
  "aggregationLengthV6",
  "localPref",
  "communities",
];

const INPUT: fc.Arbitrary<ConfigInput> = fc.record({
  bgpPeers: objects(knownKeys(V1BETA2_PEER_KEYS)),
  bgpAdvertisements: objects(ADVERTISEMENT_KEYS),
  bfdProfiles: objects(["receiveInterval", "echoMode", "minimumTtl"]),
  communities: objects(["communities"]),
}).map((bgp) => ({ ...POOLS, ...bgp }));

const WITHOUT = assemble(POOLS).config;

Deno.test("whatever objects about BGP hold, pools and layer 2 are what they are without", () => {
  fc.assert(
    fc.property(INPUT, (input) => {
      const { config, problems } = assemble(input);
      deepEqual([config?.pools, config?.l2Advertisements], [
        WITHOUT?.pools,
        WITHOUT?.l2Advertisements,
      ]);
      deepEqual(problems.filter(({ severity }) => severity === "error"), []);
      for (const { message } of problems) {
        match(message, /^[A-Z][^\n]*[^.\n]$/);
        doesNotMatch(message, /undefined|\[object|NaN/);
      }
    }),
    { numRuns: 2_000 },
  );
});

Deno.test("the order of objects about BGP does not matter", () => {
  fc.assert(fc.property(INPUT, (input) => {
    const reversed = {
      ...input,
      bgpPeers: input.bgpPeers?.toReversed() ?? [],
      bgpAdvertisements: input.bgpAdvertisements?.toReversed() ?? [],
      bfdProfiles: input.bfdProfiles?.toReversed() ?? [],
      communities: input.communities?.toReversed() ?? [],
    };
    const [one, other] = [assemble(input), assemble(reversed)];
    deepEqual(other.config, one.config);
    deepEqual(other.problems.map(formatProblem), one.problems.map(formatProblem));
  }));
});

Deno.test("what advertisements and peers name is there", () => {
  fc.assert(fc.property(INPUT, (input) => {
    const bgp = assemble(input).config?.bgp;
    const peers = new Set(bgp?.peers.map(({ name }) => name));
    const profiles = new Set(bgp?.bfdProfiles.map(({ name }) => name));
    for (const { pools, peers: named = [] } of bgp?.advertisements ?? []) {
      deepEqual(named.filter((name) => !peers.has(name)), []);
      deepEqual(pools.filter((name) => name !== "a" && name !== "b"), []);
    }
    for (const { bfdProfile } of bgp?.peers ?? []) {
      deepEqual(bfdProfile === undefined || profiles.has(bfdProfile), true);
    }
  }));
});
