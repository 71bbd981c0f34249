import assert from "node:assert/strict";
import { createApi } from "../demo/api/mod.ts";
import { anonymousCredentials, createClient, type Kube } from "../kube/mod.ts";
import { Cluster } from "./parity/cluster.ts";
import { faultsOf } from "./parity/differences.ts";
import { installKinds } from "./parity/kinds.ts";
import { lanlordPlayer } from "./parity/lanlord.ts";
import { describeMismatch } from "./parity/observe.ts";
import { play } from "./parity/play.ts";
import { readRecord } from "./parity/record.ts";
import { SCENARIOS } from "./parity/scenarios/all.ts";
import type { Scenario } from "./parity/scenario.ts";

/** How many scenarios are played at once, each on an API server of its own: they wait more than they work. */
const AT_ONCE = 16;

Deno.test("a scenario's name is its own", () => {
  const names = SCENARIOS.map(({ name }) => name);
  assert.deepEqual(names.filter((name, i) => names.indexOf(name) !== i), []);
});

Deno.test("MetalLB did what the scenarios say, where they do not name a difference", async (t) => {
  const record = await readRecord();
  for (const scenario of SCENARIOS) {
    await t.step(scenario.name, () => assert.deepEqual(faultsOf(scenario, record), []));
  }
});

Deno.test("the scenarios, before a leader on the API server in memory", async (t) => {
  const left = [...SCENARIOS];
  const results = new Map<string, readonly string[]>();
  const worker = async (): Promise<void> => {
    for (let next = left.shift(); next !== undefined; next = left.shift()) {
      results.set(next.name, await playInMemory(next).catch((error) => [String(error)]));
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, worker));
  for (const { name } of SCENARIOS) {
    await t.step(name, () => assert.deepEqual(results.get(name), []));
  }
});

async function playInMemory(scenario: Scenario): Promise<readonly string[]> {
  const api = createApi();
  const open = (): Kube & Disposable =>
    createClient(anonymousCredentials("http://api"), { fetch: (request) => api.fetch(request) });
  using kube = open();
  await installKinds(kube);
  await using cluster = new Cluster(kube);
  const { mismatches } = await play(scenario, cluster, lanlordPlayer(open, 20), "metallb-system");
  return mismatches.map(describeMismatch);
}
