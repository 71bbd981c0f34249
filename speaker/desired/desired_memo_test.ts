import assert from "node:assert/strict";
import fc from "fast-check";
import { keyOf } from "../../kube/resource.ts";
import { desire, type DesiredAndNot, type Snapshot } from "./desired.ts";
import { DesiredMemo } from "./desired_memo.ts";
import type { EndpointNodes } from "./endpoint_nodes.ts";
import { crowdOf, nthService } from "../../tests/crowd.ts";

const SNAPSHOT = crowdOf(6, 4);
const SUBSET = fc.uniqueArray(fc.nat(5), { maxLength: 6 });

type Change = (snapshot: Snapshot) => Snapshot;

/** One thing that is different from one look to the next; everything else is the same objects. */
const CHANGE: fc.Arbitrary<Change> = fc.oneof(
  SUBSET.map((numbers): Change => (snapshot) => ({
    ...snapshot,
    services: numbers.map((n) => [...snapshot.services].at(n) ?? nthService(n)),
  })),
  fc.record({ at: fc.nat(5), ips: SUBSET, isLocal: fc.boolean() }).map(({ at, ips, isLocal }) =>
    reassign(at, ips.map((n) => `10.128.1.${n}`), isLocal)
  ),
  SUBSET.map((numbers): Change => (snapshot) => ({
    ...snapshot,
    nodes: [...SNAPSHOT.nodes].filter((_, i) => i === 0 || numbers.includes(i)),
  })),
  SUBSET.map((numbers): Change => (snapshot) => ({
    ...snapshot,
    presences: new Map([...SNAPSHOT.presences].filter((_, i) => numbers.includes(i))),
  })),
  fc.boolean().map((hasCarrier): Change => (snapshot) => ({
    ...snapshot,
    local: snapshot.local.map((face) => ({ ...face, hasCarrier })),
  })),
  fc.boolean().map((isCovered): Change => (snapshot) => ({
    ...snapshot,
    config: { ...SNAPSHOT.config, ...isCovered ? {} : { l2Advertisements: [] } },
  })),
  fc.record({ labelled: SUBSET, weight: fc.nat(2) }).map(({ labelled, weight }) =>
    prefer(labelled, weight)
  ),
  SUBSET.map((numbers): Change => (snapshot) => ({
    ...snapshot,
    endpoints: new Map(
      [...snapshot.services].map(({ meta }) => [
        keyOf(meta),
        endpointsOn(numbers.map((n) => `n${n}`)),
      ]),
    ),
  })),
);

Deno.test("desire() says with a memo what it says without, whatever changed before", () => {
  fc.assert(
    fc.property(fc.array(CHANGE, { maxLength: 12 }), (changes) => {
      const memo = new DesiredMemo();
      let snapshot = SNAPSHOT;
      for (const change of changes) {
        snapshot = change(snapshot);
        assert.deepEqual(plain(desire(snapshot, memo)), plain(desire(snapshot)));
      }
    }),
    { numRuns: 300 },
  );
});

Deno.test("desire() gives the same object for an address of which nothing changed", () => {
  const memo = new DesiredMemo();
  const [first, ...others] = SNAPSHOT.services;
  assert.ok(first);
  const before = desire(SNAPSHOT, memo).claimable;
  const services = [{ ...first }, ...others];
  const after = desire({ ...SNAPSHOT, services }, memo).claimable;
  const isSame = [...after].map(([key, claimable]) => claimable === before.get(key));
  assert.deepEqual(isSame, [false, true, true, true, true, true]);
});

function reassign(at: number, ips: readonly string[], isLocal: boolean): Change {
  const externalTrafficPolicy = isLocal ? "Local" : "Cluster";
  const ingress = ips.map((ip) => ({ ip, hostname: undefined }));
  return (snapshot) => ({
    ...snapshot,
    services: [...snapshot.services].map((service, i) =>
      i === at ? { ...service, ingress, externalTrafficPolicy } : service
    ),
  });
}

/** These nodes have a label, and whoever has it is preferred; weight 0 is nobody. */
function prefer(numbers: readonly number[], weight: number): Change {
  const selector = { matchLabels: { disk: "ssd" }, matchExpressions: [] };
  return (snapshot) => ({
    ...snapshot,
    nodes: [...snapshot.nodes].map((node, i) => {
      const labels: Readonly<Record<string, string>> = numbers.includes(i) ? { disk: "ssd" } : {};
      return { ...node, meta: { ...node.meta, labels } };
    }),
    config: {
      ...snapshot.config,
      l2Advertisements: snapshot.config.l2Advertisements.map((each) => ({
        ...each,
        preferences: weight === 0 ? [] : [{ weight, selector }],
      })),
    },
  });
}

function endpointsOn(names: readonly string[]): EndpointNodes {
  return { ready: new Set(names), serving: new Set(names) };
}

/** All that a standing can be asked for in its stead. */
function plain(desired: DesiredAndNot): unknown {
  const claimable = [...desired.claimable].map(([key, { standing, ...rest }]) => [
    key,
    {
      ...rest,
      place: standing.place(() => false, Infinity),
      preferences: ["n1", "n2", "n9"].map((other) => standing.preferenceFor(other)),
      isBehind: ["n1", "n2", "n9"].map((other) => standing.isBehind(other)),
    },
  ]);
  return { ...desired, claimable };
}
