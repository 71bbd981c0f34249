import { deepEqual, equal } from "node:assert/strict";
import { createEvents } from "./events.ts";
import { isObject, stringAt } from "./json.ts";
import type { EventNote, Kube } from "./kube.ts";
import { keptLog, quickClock, type ScriptedAnswer, scriptedKube, silentLog } from "./testing.ts";
import type { Json } from "./types.ts";

const NEVER = new AbortController().signal;
const OK: ScriptedAnswer = { kind: "body", body: {} };

function messageIn(body: Json | undefined): string {
  return (isObject(body) ? stringAt(body, "message") : undefined) ?? "";
}

/** Resolves when every promise that could settle by itself has. */
function settled(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, 0));
}

function note(message: string): EventNote {
  const about = {
    apiVersion: "v1",
    kind: "Service",
    namespace: "default",
    name: "web",
    uid: "u-1",
    resourceVersion: "7",
  };
  return { about, type: "Normal", reason: "IPAllocated", message };
}

Deno.test("createEvents() writes what kubectl describe shows", async () => {
  const kube = scriptedKube(() => OK);
  const source = { component: "test-speaker", host: "n1" };
  const events = createEvents(kube, source, { clock: quickClock(), log: silentLog });
  events.emit(note("hello"));
  await events.flush(NEVER);
  deepEqual(kube.calls, [{
    method: "POST",
    path: "/api/v1/namespaces/default/events",
    body: {
      apiVersion: "v1",
      kind: "Event",
      // 1700000000000 ms in nanoseconds, and the first of them.
      metadata: { namespace: "default", name: "web.17979cfe362a0001" },
      involvedObject: note("").about,
      type: "Normal",
      reason: "IPAllocated",
      source: { component: "test-speaker", host: "n1" },
      reportingComponent: "test-speaker",
      reportingInstance: "n1",
      firstTimestamp: "2023-11-14T22:13:20Z",
      count: 1,
      lastTimestamp: "2023-11-14T22:13:20Z",
      message: "hello",
    },
  }]);
});

Deno.test("createEvents() counts up by a patch, and creates anew what is gone", async () => {
  const kube = scriptedKube((_, number) => number === 2 ? { kind: "status", status: 404 } : OK);
  const events = createEvents(kube, { component: "c" }, { clock: quickClock(), log: silentLog });
  for (let i = 0; i < 3; i++) events.emit(note("hello"));
  await events.flush(NEVER);
  deepEqual(kube.calls.map(({ method }) => method), ["POST", "PATCH", "PATCH", "POST"]);
  deepEqual(kube.calls[1]?.body, {
    count: 2,
    lastTimestamp: "2023-11-14T22:13:20Z",
    message: "hello",
  });
});

Deno.test("createEvents() puts Events about cluster-scoped objects into default", async () => {
  const kube = scriptedKube(() => OK);
  const events = createEvents(kube, { component: "c" }, { clock: quickClock(), log: silentLog });
  const about = { apiVersion: "v1", kind: "Node", namespace: "", name: "n1", uid: "u" };
  events.emit({ ...note("hello"), about });
  await events.flush(NEVER);
  equal(kube.calls[0]?.path, "/api/v1/namespaces/default/events");
});

Deno.test("createEvents() tries again while that may help, and drops what cannot be written", async (t) => {
  const rows = [
    { name: "server error, then fine", statuses: [500, 503, 200], calls: 3, dropped: 0 },
    { name: "no right", statuses: [403], calls: 1, dropped: 1 },
    { name: "refused for good", statuses: [], calls: 8, dropped: 1 },
    { name: "away for long", statuses: [...new Array(40).fill(0), 200], calls: 41, dropped: 0 },
  ];
  for (const { name, statuses, calls, dropped } of rows) {
    await t.step(name, async () => {
      const kube = scriptedKube((_, number) => {
        const status = statuses[number] ?? 500;
        return status === 200 ? OK : { kind: "status", status };
      });
      const { log, entries } = keptLog();
      const events = createEvents(kube, { component: "c" }, { clock: quickClock(), log });
      events.emit(note("hello"));
      await events.flush(NEVER);
      deepEqual([kube.calls.length, events.dropped, entries.length], [calls, dropped, dropped]);
    });
  }
});

Deno.test("createEvents() writes four at a time, those about one object in order", async () => {
  const names = ["a", "a", "b", "c", "a", "d", "e", "f"];
  const open: (() => void)[] = [];
  const started: string[] = [];
  const kube: Kube = {
    request: async ({ body }) => {
      started.push(messageIn(body));
      await new Promise<void>((resolve) => open.push(resolve));
      return {};
    },
    stream: () => {
      throw new TypeError("Cannot stream: not needed here");
    },
  };
  const events = createEvents(kube, { component: "c" }, { clock: quickClock(), log: silentLog });
  for (const [i, name] of names.entries()) {
    events.emit({ ...note(`${name}${i}`), about: { ...note("").about, name } });
  }
  const flushed = events.flush(NEVER);
  await settled();
  deepEqual(started, ["a0", "b2", "c3", "d5"]);
  // The one about b, then the one about a, is answered.
  open[1]?.();
  await settled();
  deepEqual(started.slice(4), ["e6"]);
  open[0]?.();
  await settled();
  deepEqual(started.slice(5), ["a1"]);
  for (let i = 0; i < names.length; i++) {
    open[i]?.();
    await settled();
  }
  await flushed;
  deepEqual(started.filter((message) => message.startsWith("a")), ["a0", "a1", "a4"]);
  equal(started.length, names.length);
});

Deno.test("createEvents() loses the oldest when the queue is full", async () => {
  const kube = scriptedKube(() => OK);
  const events = createEvents(kube, { component: "c" }, { clock: quickClock(), log: silentLog });
  for (let i = 0; i < 10_002; i++) {
    events.emit({ ...note("hello"), about: { ...note("").about, name: `web-${i}` } });
  }
  await events.flush(NEVER);
  deepEqual([kube.calls.length, events.dropped], [10_000, 2]);
  equal(JSON.stringify(kube.calls[0]?.body).includes('"web-2"'), true);
});

Deno.test("flush() gives up when its signal aborts", async () => {
  const kube = scriptedKube(() => ({ kind: "status", status: 500 }));
  const stop = new AbortController();
  const events = createEvents(kube, { component: "c" }, { clock: quickClock(1), log: silentLog });
  events.emit(note("hello"));
  const flushed = events.flush(stop.signal);
  stop.abort();
  await flushed;
  equal(kube.calls.length <= 1, true);
});
