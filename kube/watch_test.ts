import { deepEqual, equal } from "node:assert/strict";
import { CONFIG_MAPS } from "./resources.ts";
import { keptLog, quickClock, type ScriptedAnswer, scriptedKube, silentLog } from "./testing.ts";
import type { ConfigMap, JsonObject } from "./types.ts";
import { type Change, watch } from "./watch.ts";

function configMap(name: string, resourceVersion: string): JsonObject {
  return { metadata: { namespace: "default", name, resourceVersion } };
}

function event(type: string, name: string, resourceVersion: string): JsonObject {
  return { type, object: configMap(name, resourceVersion) };
}

function list(resourceVersion: string, names: readonly string[], next = ""): ScriptedAnswer {
  const items = names.map((name) => configMap(name, resourceVersion));
  return { kind: "body", body: { metadata: { resourceVersion, continue: next }, items } };
}

function stream(...lines: readonly (JsonObject | "drop" | "stand")[]): ScriptedAnswer {
  return { kind: "stream", lines };
}

function words(change: Change<ConfigMap>): string {
  if (change.kind === "all") return `all ${[...change.objects.keys()].join(" ")}`.trim();
  return change.kind === "absent" ? "absent" : `${change.kind} ${change.key}`;
}

interface Seen {
  readonly changes: readonly string[];
  readonly queries: readonly (Readonly<Record<string, string>>)[];
  readonly waits: readonly number[];
}

/** Watches until the script is at its end, which must be a stream that stands. */
async function follow(script: readonly ScriptedAnswer[], longMs?: number): Promise<Seen> {
  const stop = new AbortController();
  const clock = quickClock(longMs);
  const kube = scriptedKube((_, number) => {
    const answer = script[number];
    if (number >= script.length - 1) queueMicrotask(() => stop.abort());
    return answer ?? { kind: "status", status: 500 };
  });
  const deps = { clock, random: () => 0.5, log: silentLog };
  const changes: string[] = [];
  for await (const change of watch(kube, CONFIG_MAPS, {}, deps, stop.signal)) {
    changes.push(words(change));
  }
  const queries = kube.calls.map(({ query = {} }) => query);
  return { changes, queries, waits: clock.waits };
}

Deno.test("watch() lists page by page, then watches from there with bookmarks", async () => {
  const { changes, queries } = await follow([
    list("7", ["a"], "next"),
    list("7", ["b"]),
    stream("stand"),
  ]);
  deepEqual(changes, ["all default/a default/b"]);
  deepEqual(queries, [
    { limit: "500" },
    { limit: "500", continue: "next" },
    { watch: "1", allowWatchBookmarks: "true", resourceVersion: "7", timeoutSeconds: "450" },
  ]);
});

Deno.test("watch() reports additions, changes and deletions in order", async () => {
  const { changes } = await follow([
    list("7", []),
    stream(event("ADDED", "a", "8"), event("MODIFIED", "a", "9"), event("DELETED", "a", "10")),
    stream("stand"),
  ]);
  deepEqual(changes, ["all", "set default/a", "set default/a", "delete default/a"]);
});

Deno.test("watch() resumes a dropped stream after the last bookmark, without a list", async () => {
  const { changes, queries, waits } = await follow([
    list("7", ["a"]),
    stream(event("ADDED", "b", "8"), event("BOOKMARK", "", "20"), "drop"),
    stream("stand"),
  ]);
  deepEqual(changes, ["all default/a", "set default/b"]);
  equal(queries[2]?.["resourceVersion"], "20");
  deepEqual(waits, [500]);
});

Deno.test("watch() lists again when its place in history is gone", async (t) => {
  const gone = { kind: "Status", code: 410, reason: "Expired", message: "too old" };
  const rows: readonly { name: string; answer: ScriptedAnswer }[] = [
    { name: "by status", answer: { kind: "status", status: 410 } },
    { name: "by ERROR event", answer: stream({ type: "ERROR", object: gone }) },
  ];
  for (const { name, answer } of rows) {
    await t.step(name, async () => {
      const script = [list("7", ["a"]), answer, list("30", ["b"]), stream("stand")];
      const { changes, queries } = await follow(script);
      deepEqual(changes, ["all default/a", "all default/b"]);
      equal(queries[3]?.["resourceVersion"], "30");
    });
  }
});

Deno.test("watch() asks for the whole list when it expires between pages", async () => {
  const { changes, queries } = await follow([
    list("7", ["a"], "next"),
    { kind: "status", status: 410 },
    list("9", ["b", "c"]),
    stream("stand"),
  ]);
  deepEqual(changes, ["all default/b default/c"]);
  deepEqual(queries[2], {});
});

Deno.test("watch() waits as long as the server asks", async () => {
  const { waits } = await follow([
    { kind: "status", status: 429, retryAfterSeconds: 7 },
    { kind: "status", status: 500 },
    list("7", []),
    stream("stand"),
  ]);
  deepEqual(waits, [7_000, 1_000]);
});

Deno.test("watch() reports an absent kind and finds it once it is installed", async () => {
  const absent = { kind: "status", status: 404 } as const;
  const { changes, waits } = await follow([absent, absent, list("7", ["a"]), stream("stand")]);
  deepEqual(changes, ["absent", "absent", "all default/a"]);
  deepEqual(waits, [9_000, 18_000]);
});

Deno.test("watch() cuts a stream that stands longer than was asked for", async () => {
  const { changes, queries } = await follow(
    [list("7", []), stream(event("ADDED", "a", "8"), "stand"), stream("stand")],
    Infinity,
  );
  deepEqual(changes.slice(0, 1), ["all"]);
  equal(queries.length >= 3, true);
});

Deno.test("watch() reports an object that is left out as deleted", async () => {
  const stop = new AbortController();
  const onlyB = {
    ...CONFIG_MAPS,
    parse: (object: JsonObject): ConfigMap | undefined => {
      const map = CONFIG_MAPS.parse(object);
      return map?.meta.name === "b" ? map : undefined;
    },
  };
  const script = [list("7", ["a", "b"]), stream(event("MODIFIED", "a", "8"), "stand")];
  const kube = scriptedKube((_, n) => script[n] ?? { kind: "status", status: 500 });
  const deps = { clock: quickClock(), random: () => 0, log: silentLog };
  const changes: string[] = [];
  for await (const change of watch(kube, onlyB, {}, deps, stop.signal)) {
    changes.push(words(change));
    if (changes.length === 2) stop.abort();
  }
  deepEqual(changes, ["all default/b", "delete default/a"]);
});

Deno.test("watch() passes the selection on, to list and watch alike", async () => {
  const stop = new AbortController();
  const kube = scriptedKube((_, number) => {
    if (number === 1) queueMicrotask(() => stop.abort());
    return number === 0 ? list("7", []) : stream("stand");
  });
  const selection = { namespace: "n", fieldSelector: "metadata.name=x", labelSelector: "a=b" };
  const deps = { clock: quickClock(), random: () => 0, log: silentLog };
  for await (const _ of watch(kube, CONFIG_MAPS, selection, deps, stop.signal));
  for (const { path, query } of kube.calls) {
    equal(path, "/api/v1/namespaces/n/configmaps");
    equal(query?.["fieldSelector"], "metadata.name=x");
    equal(query?.["labelSelector"], "a=b");
  }
  equal(kube.calls.length, 2);
});

Deno.test("watch() lists in pages of the size that is asked for", async () => {
  const stop = new AbortController();
  const kube = scriptedKube((_, number) => {
    if (number === 1) queueMicrotask(() => stop.abort());
    return number === 0 ? list("7", []) : stream("stand");
  });
  const deps = { clock: quickClock(), random: () => 0, log: silentLog };
  for await (const _ of watch(kube, CONFIG_MAPS, { pageSize: 100 }, deps, stop.signal));
  deepEqual(kube.calls.map(({ query }) => query?.["limit"]), ["100", undefined]);
});

Deno.test("watch() asks a server that refuses the narrowing for all, from then on", async () => {
  const stop = new AbortController();
  const { log, entries } = keptLog();
  const script = [{ kind: "status", status: 400 } as const, list("7", ["a"]), stream("stand")];
  const kube = scriptedKube((_, number) => {
    if (number === 2) queueMicrotask(() => stop.abort());
    return script[number] ?? { kind: "status", status: 500 };
  });
  const clock = quickClock();
  const deps = { clock, random: () => 0, log };
  for await (const _ of watch(kube, CONFIG_MAPS, { narrowing: "a=b" }, deps, stop.signal));
  deepEqual(kube.calls.map(({ query }) => query?.["fieldSelector"]), ["a=b", undefined, undefined]);
  deepEqual([clock.waits, entries.map(({ level }) => level)], [[], ["debug"]]);
});

Deno.test("watch() says the 1st, 2nd, 4th … failure in a row, not every one", async () => {
  const stop = new AbortController();
  const { log, entries } = keptLog();
  const kube = scriptedKube((_, number) => {
    if (number === 9) stop.abort();
    return { kind: "status", status: 500 };
  });
  const deps = { clock: quickClock(), random: () => 0.5, log };
  for await (const _ of watch(kube, CONFIG_MAPS, {}, deps, stop.signal));
  deepEqual(entries.map(({ fields }) => fields?.["failures"]), [1, 2, 4, 8]);
});
