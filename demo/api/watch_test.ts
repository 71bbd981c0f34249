import { deepEqual, equal, match, rejects } from "node:assert/strict";
import type { JsonObject } from "../../kube/types.ts";
import { createApi } from "./api.ts";
import type { Api } from "./api.ts";
import { listAt, textAt } from "./json.ts";
import { ask, openWatch } from "./testing.ts";

const MAPS = "/api/v1/namespaces/default/configmaps";
const MERGE = { "content-type": "application/merge-patch+json" };

function configMap(name: string, labels: JsonObject = {}): JsonObject {
  return { apiVersion: "v1", kind: "ConfigMap", metadata: { name, labels } };
}

async function label(api: Api, name: string, labels: JsonObject): Promise<void> {
  await ask(api, `PATCH ${MAPS}/${name}`, { metadata: { labels } }, MERGE);
}

Deno.test("a watch without a revision begins with what is there", async () => {
  const api = createApi();
  await ask(api, `POST ${MAPS}`, configMap("a"));
  await using watch = await openWatch(api, `${MAPS}?watch=1`);
  equal(await watch.brief(), "ADDED a");
  await label(api, "a", { x: "y" });
  equal(await watch.brief(), "MODIFIED a");
  await ask(api, `DELETE ${MAPS}/a`);
  const event = await watch.next();
  equal(textAt(event, "type"), "DELETED");
  equal(textAt(event, "object", "metadata", "resourceVersion"), String(api.revision));
});

Deno.test("a watch from a revision is told what it missed, and nothing else", async () => {
  const api = createApi();
  await ask(api, `POST ${MAPS}`, configMap("a"));
  const from = api.revision;
  await ask(api, `POST ${MAPS}`, configMap("b"));
  await using watch = await openWatch(api, `${MAPS}?watch=1&resourceVersion=${from}`);
  equal(await watch.brief(), "ADDED b");
  await ask(api, `POST ${MAPS}`, configMap("c"));
  equal(await watch.brief(), "ADDED c");
});

Deno.test("an object that enters or leaves the selection is added or deleted", async () => {
  const api = createApi();
  await using watch = await openWatch(api, `${MAPS}?watch=1&labelSelector=x%3Dy`);
  await ask(api, `POST ${MAPS}`, configMap("a"));
  await label(api, "a", { x: "y" });
  equal(await watch.brief(), "ADDED a");
  await label(api, "a", { x: "y", z: "1" });
  equal(await watch.brief(), "MODIFIED a");
  await label(api, "a", { x: "z" });
  const event = await watch.next();
  equal(textAt(event, "type"), "DELETED");
  equal(textAt(event, "object", "metadata", "labels", "x"), "y", "the state that was selected");
  equal(textAt(event, "object", "metadata", "resourceVersion"), String(api.revision));
});

Deno.test("a watch from before the history is told 410, and ends", async () => {
  const api = createApi();
  await ask(api, `POST ${MAPS}`, configMap("a"));
  const from = api.revision - 1;
  api.faults.compact();
  await using watch = await openWatch(api, `${MAPS}?watch=1&resourceVersion=${from}`);
  const event = await watch.next();
  deepEqual(event, {
    type: "ERROR",
    object: {
      kind: "Status",
      apiVersion: "v1",
      metadata: {},
      status: "Failure",
      message: `too old resource version: ${from} (${api.revision})`,
      reason: "Expired",
      code: 410,
    },
  });
  equal(await watch.isEnded(), true);
});

Deno.test("history is bounded", async () => {
  const api = createApi({ historyLimit: 3 });
  const from = api.revision;
  for (const name of ["a", "b", "c", "d", "e", "f"]) {
    await ask(api, `POST ${MAPS}`, configMap(name));
  }
  await using old = await openWatch(api, `${MAPS}?watch=1&resourceVersion=${from}`);
  equal(await old.brief(), "ERROR 410");
  await using recent = await openWatch(api, `${MAPS}?watch=1&resourceVersion=${api.revision - 3}`);
  equal(await recent.brief(), "ADDED d");
});

Deno.test("bookmarks are for those who allow them", async () => {
  const api = createApi();
  await using watch = await openWatch(api, `${MAPS}?watch=1&allowWatchBookmarks=true`);
  await using other = await openWatch(api, `${MAPS}?watch=1`);
  api.faults.bookmark();
  deepEqual(await watch.next(), {
    type: "BOOKMARK",
    object: {
      kind: "ConfigMap",
      apiVersion: "v1",
      metadata: { resourceVersion: String(api.revision) },
    },
  });
  await ask(api, `POST ${MAPS}`, configMap("a"));
  equal(await other.brief(), "ADDED a");
});

Deno.test("a streaming list marks its end", async () => {
  const api = createApi();
  await ask(api, `POST ${MAPS}`, configMap("a"));
  const query = "watch=1&sendInitialEvents=true&allowWatchBookmarks=true" +
    "&resourceVersionMatch=NotOlderThan";
  await using watch = await openWatch(api, `${MAPS}?${query}`);
  equal(await watch.brief(), "ADDED a");
  const annotations = { "k8s.io/initial-events-end": "true" };
  const { object } = await watch.next();
  equal(JSON.stringify(object).includes(JSON.stringify(annotations)), true);
});

Deno.test("a watch can be told in tables", async () => {
  const api = createApi();
  const accept = "application/json;as=Table;v=v1;g=meta.k8s.io,application/json";
  await using watch = await openWatch(api, `${MAPS}?watch=1`, { accept });
  await ask(api, `POST ${MAPS}`, configMap("a"));
  const event = await watch.next();
  equal(textAt(event, "object", "kind"), "Table");
  deepEqual(listAt(listAt(event, "object", "rows")[0], "cells"), ["a", 0, "0s"]);
});

Deno.test("watches end by drops, aborts and the end of their time", async () => {
  const api = createApi();
  await using dropped = await openWatch(api, `${MAPS}?watch=1`);
  equal(api.faults.dropWatches(/secrets/), 0);
  equal(api.faults.dropWatches(/configmaps/), 1);
  equal(await dropped.isEnded(), true);
  await using timed = await openWatch(api, `${MAPS}?watch=1&timeoutSeconds=0`);
  equal(await timed.isEnded(), true);
  const stop = new AbortController();
  const { body } = await api.fetch(`http://api.test${MAPS}?watch=1`, { signal: stop.signal });
  stop.abort();
  await rejects(async () => await body?.getReader().read(), { name: "AbortError" });
  equal(api.faults.dropWatches(), 0, "none is left");
});

Deno.test("faults happen to the next matching requests only", async () => {
  const api = createApi();
  api.faults.add({
    method: "GET",
    path: /configmaps/,
    times: 2,
    status: 429,
    retryAfterSeconds: 1,
  });
  for (const _ of [1, 2]) {
    const { status, headers } = await ask(api, `GET ${MAPS}`);
    deepEqual([status, headers.get("retry-after")], [429, "1"]);
  }
  equal((await ask(api, `GET ${MAPS}`)).status, 200);
  const end = api.faults.add({ times: Infinity, status: 0 });
  await rejects(ask(api, `GET ${MAPS}`), TypeError);
  end();
  match(textAt((await ask(api, `GET ${MAPS}`)).body, "kind"), /List$/);
});
