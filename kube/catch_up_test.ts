import { deepEqual, equal } from "node:assert/strict";
import { catchUp } from "./catch_up.ts";
import type { Cache } from "./kube.ts";
import { CONFIG_MAPS, parseObject } from "./resources.ts";
import { keptLog, quickClock, type ScriptedAnswer, scriptedKube } from "./testing.ts";
import type { ConfigMap, Json } from "./types.ts";

function configMap(name: string, resourceVersion: string, uid = `uid-${name}`): Json {
  return { metadata: { namespace: "n", name, resourceVersion, uid } };
}

function list(resourceVersion: string, ...items: readonly Json[]): ScriptedAnswer {
  return { kind: "body", body: { metadata: { resourceVersion }, items } };
}

function page(next: string, ...items: readonly Json[]): ScriptedAnswer {
  return { kind: "body", body: { metadata: { resourceVersion: "9", continue: next }, items } };
}

interface Row {
  readonly name: string;
  /** What the cache holds at each look. */
  readonly cached: readonly (readonly Json[])[];
  readonly answers: readonly ScriptedAnswer[];
  /** How many looks it takes, and how many calls. */
  readonly want: readonly [looks: number, calls: number];
}

const A = configMap("a", "5");
const ROWS: readonly Row[] = [
  { name: "nothing there", cached: [[]], answers: [list("9")], want: [1, 1] },
  { name: "up to date", cached: [[A]], answers: [list("9", A)], want: [1, 1] },
  {
    name: "newer than the list",
    cached: [[configMap("a", "10")]],
    answers: [list("9", A)],
    want: [1, 1],
  },
  {
    name: "an addition is late",
    cached: [[], [], [A]],
    answers: [list("9", A)],
    want: [3, 1],
  },
  {
    name: "a change is late",
    cached: [[configMap("a", "4")], [A]],
    answers: [list("9", A)],
    want: [2, 1],
  },
  { name: "a deletion is late", cached: [[A], []], answers: [list("9")], want: [2, 1] },
  {
    name: "created after the list",
    cached: [[configMap("a", "10")]],
    answers: [list("9")],
    want: [1, 1],
  },
  {
    name: "created anew under the same name is late",
    cached: [[configMap("a", "3", "old")], [A]],
    answers: [list("9", A)],
    want: [2, 1],
  },
  {
    name: "deleted after the list: a new one is taken",
    cached: [[]],
    answers: [list("9", A), list("12")],
    want: [21, 2],
  },
  {
    name: "two pages",
    cached: [[A], [A, configMap("b", "6")]],
    answers: [page("more", A), list("9", configMap("b", "6"))],
    want: [2, 2],
  },
  { name: "no such kind", cached: [[]], answers: [{ kind: "status", status: 404 }], want: [0, 1] },
  {
    name: "the list fails at first",
    cached: [[A]],
    answers: [{ kind: "status", status: 500 }, list("9", A)],
    want: [1, 2],
  },
  {
    name: "versions that cannot be compared are believed",
    cached: [[configMap("b", "xyz")]],
    answers: [list("abc")],
    want: [1, 1],
  },
];

Deno.test("catchUp() waits until the cache shows what the server had", async (t) => {
  for (const { name, cached, answers, want } of ROWS) {
    await t.step(name, async () => {
      let looks = 0;
      const cache: Cache<ConfigMap> = {
        resource: CONFIG_MAPS,
        isSynced: true,
        get objects() {
          const items = cached[Math.min(looks++, cached.length - 1)] ?? [];
          return new Map(items.flatMap((item) => {
            const object = parseObject(CONFIG_MAPS, item);
            return object === undefined ? [] : [[`n/${object.meta.name}`, object]];
          }));
        },
      };
      const kube = scriptedKube((_, number) => answers[number] ?? list("99"));
      const deps = { clock: quickClock(), log: keptLog().log };
      await catchUp(kube, cache, { namespace: "n" }, deps, new AbortController().signal);
      deepEqual([looks, kube.calls.length], want);
    });
  }
});

Deno.test("catchUp() asks the store, not a cache of the server's, and gives up with its signal", async () => {
  const stop = new AbortController();
  const kube = scriptedKube(() => {
    queueMicrotask(() => stop.abort());
    return { kind: "status", status: 503 };
  });
  const { log, entries } = keptLog();
  const cache = { resource: CONFIG_MAPS, isSynced: true, objects: new Map() };
  await catchUp(kube, cache, { fieldSelector: "f=1" }, { clock: quickClock(), log }, stop.signal);
  deepEqual(kube.calls[0]?.query, { limit: "500", fieldSelector: "f=1" });
  equal(entries.length <= 1, true);
});
