import { deepEqual, equal } from "node:assert/strict";
import { type Sameness, startCache } from "./cache.ts";
import { CONFIG_MAPS } from "./resources.ts";
import { keptLog, quickClock, type ScriptedAnswer, scriptedKube, silentLog } from "./testing.ts";
import type { ConfigMap, Json } from "./types.ts";

function configMap(name: string, value: string): Json {
  return { metadata: { namespace: "default", name, resourceVersion: "7" }, data: { value } };
}

function list(...items: readonly Json[]): ScriptedAnswer {
  return { kind: "body", body: { metadata: { resourceVersion: "7" }, items } };
}

const STAND: ScriptedAnswer = { kind: "stream", lines: ["stand"] };
const GONE: ScriptedAnswer = { kind: "status", status: 410 };

/** What the cache held at each change, and which keys it told, until the script is at its end. */
async function snapshots(
  script: readonly ScriptedAnswer[],
  sameness: Sameness<ConfigMap> = {},
): Promise<readonly string[]> {
  const stop = new AbortController();
  const kube = scriptedKube((_, number) => {
    if (number >= script.length - 1) queueMicrotask(() => stop.abort());
    return script[number] ?? STAND;
  });
  const held: string[] = [];
  const onChange = (keys: ReadonlySet<string>): void => {
    const values = [...cache.objects.values()].map(({ meta, data }) =>
      `${meta.name}=${data["value"]}`
    );
    const names = [...keys].map((key) => key.replace("default/", "")).toSorted();
    held.push(`${cache.isSynced} ${values.join(" ")} (${names})`.replace("  ", " "));
  };
  const deps = { clock: quickClock(), random: () => 0, log: silentLog, onChange, ...sameness };
  const cache = startCache(kube, CONFIG_MAPS, {}, deps, stop.signal);
  equal(cache.isSynced, false);
  await cache.ended;
  return held;
}

Deno.test("startCache() is synced by the first list, and changes once for it", async () => {
  deepEqual(await snapshots([list(configMap("a", "1"), configMap("b", "1")), STAND]), [
    "true a=1 b=1 (a,b)",
  ]);
});

Deno.test("startCache() follows additions, changes and deletions", async () => {
  const lines = [
    { type: "ADDED", object: configMap("b", "1") },
    { type: "MODIFIED", object: configMap("a", "2") },
    { type: "DELETED", object: configMap("b", "1") },
  ];
  const held = await snapshots([list(configMap("a", "1")), { kind: "stream", lines }, STAND]);
  deepEqual(held, ["true a=1 (a)", "true a=1 b=1 (b)", "true a=2 b=1 (a)", "true a=2 (b)"]);
});

Deno.test("startCache() tells nobody of a change that does not count", async () => {
  const lines = [
    { type: "MODIFIED", object: configMap("a", "1") },
    { type: "MODIFIED", object: configMap("a", "2") },
    { type: "MODIFIED", object: configMap("a", "2") },
  ];
  const script = [list(configMap("a", "1")), { kind: "stream", lines } as const, STAND];
  const isSame = (a: ConfigMap, b: ConfigMap): boolean => a.data["value"] === b.data["value"];
  deepEqual(await snapshots(script, { isSame }), ["true a=1 (a)", "true a=2 (a)"]);
});

Deno.test("startCache() forgets what a later list does not have", async () => {
  const held = await snapshots([
    list(configMap("a", "1"), configMap("b", "1")),
    GONE,
    list(configMap("b", "2"), configMap("c", "1")),
    STAND,
  ]);
  deepEqual(held, ["true a=1 b=1 (a,b)", "true b=2 c=1 (a,b,c)"]);
});

Deno.test("startCache() counts an absent kind as synced and empty", async () => {
  const absent = { kind: "status", status: 404 } as const;
  deepEqual(await snapshots([absent, absent, list(configMap("a", "1")), STAND]), [
    "true ()",
    "true a=1 (a)",
  ]);
});

Deno.test("startCache() ends without rejecting when a contract is broken", async () => {
  const { log, entries } = keptLog();
  const kube = scriptedKube(() => list());
  const onChange = (): void => {
    throw new Error("not allowed");
  };
  const deps = { clock: quickClock(), random: () => 0, log, onChange };
  await startCache(kube, CONFIG_MAPS, {}, deps, new AbortController().signal).ended;
  deepEqual(entries.map(({ event }) => event), ["cacheStopped"]);
});
