import { deepEqual } from "node:assert/strict";
import { type ScriptedAnswer, scriptedKube, silentLog, VirtualClock } from "../kube/testing.ts";
import { watchBgpObjects } from "./bgp_objects.ts";

const KINDS = ["bgppeers", "bgpadvertisements", "bfdprofiles", "communities"] as const;
type Statuses = Partial<Record<(typeof KINDS)[number], number>>;

/** The names of each list, where the server answers so for some kinds and has one object of each other. */
async function namesWith(statuses: Statuses): Promise<readonly (readonly string[])[]> {
  const stop = new AbortController();
  const clock = new VirtualClock();
  const kube = scriptedKube((call): ScriptedAnswer => {
    const kind = KINDS.find((plural) => call.path.endsWith(`/${plural}`));
    const status = kind === undefined ? 500 : statuses[kind];
    if (status !== undefined) return { kind: "status", status };
    if (call.query?.["watch"] !== undefined) return { kind: "stream", lines: ["stand"] };
    const items = [{ metadata: { name: `the ${kind}`, resourceVersion: "7" }, spec: {} }];
    return { kind: "body", body: { metadata: { resourceVersion: "7" }, items } };
  });
  const deps = { clock, random: () => 0.5, log: silentLog, onChange: () => {} };
  const objects = watchBgpObjects(kube, "metallb-system", deps, stop.signal);
  await clock.advance(1_000);
  const lists = Object.values(objects.lists());
  stop.abort();
  await objects.ended;
  return lists.map((list) => list.map(({ meta }) => meta.name));
}

Deno.test("watchBgpObjects() lists all four kinds", async () => {
  deepEqual(await namesWith({}), KINDS.map((kind) => [`the ${kind}`]));
});

Deno.test("watchBgpObjects() takes a kind without a definition for empty", async () => {
  deepEqual(await namesWith({ bfdprofiles: 404 }), [
    ["the bgppeers"],
    ["the bgpadvertisements"],
    [],
    ["the communities"],
  ]);
});

Deno.test("watchBgpObjects() lists none while one kind cannot be read", async () => {
  deepEqual(await namesWith({ bgppeers: 403 }), []);
  deepEqual(await namesWith({ communities: 500 }), []);
});
