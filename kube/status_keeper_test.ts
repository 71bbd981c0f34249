import { deepEqual, equal } from "node:assert/strict";
import { StatusKeeper, type StatusKeeperOptions } from "./status_keeper.ts";
import { keptLog, type ScriptedAnswer, scriptedKube, silentLog, VirtualClock } from "./testing.ts";
import type { KubeCall } from "./kube.ts";
import type { JsonObject } from "./types.ts";

const OPTIONS: StatusKeeperOptions = {
  resource: { apiVersion: "metallb.io/v1beta1", kind: "IPAddressPool", plural: "ipaddresspools" },
  namespace: "metallb-system",
  gapMs: 5_000,
};

interface Stage {
  readonly keeper: StatusKeeper;
  readonly clock: VirtualClock;
  /** Of each call but lists: method, last part of the path, and the status sent. */
  readonly sent: () => readonly string[];
  /** The query of each list. */
  readonly asked: () => readonly KubeCall["query"][];
  readonly end: () => Promise<void>;
}

/** A keeper at work on a server that has these objects. */
async function stage(
  there: Readonly<Record<string, JsonObject>>,
  { versionOf, ...options }: Partial<StatusKeeperOptions> & { versionOf?: () => string } = {},
  answer: (call: KubeCall) => ScriptedAnswer = () => ({ kind: "body", body: {} }),
): Promise<Stage> {
  const list = (): JsonObject => ({
    items: Object.entries(there).map(([name, status]) => ({
      metadata: { name, ...versionOf && { resourceVersion: versionOf() } },
      status,
    })),
  });
  const kube = scriptedKube((call) =>
    call.method === "GET" ? { kind: "body", body: list() } : answer(call)
  );
  const clock = new VirtualClock();
  const keeper = new StatusKeeper({ kube, clock, random: () => 0.5, log: silentLog }, {
    ...OPTIONS,
    ...options,
  });
  const stop = new AbortController();
  const running = keeper.run(stop.signal);
  await clock.advance(1);
  return {
    keeper,
    clock,
    sent: () =>
      kube.calls.filter(({ method }) => method !== "GET").map(({ method, path, body }) =>
        `${method} ${path.split("/ipaddresspools").at(-1)} ${JSON.stringify(body)}`
      ),
    asked: () => kube.calls.filter(({ method }) => method === "GET").map(({ query }) => query),
    end: async () => {
      stop.abort();
      await running;
    },
  };
}

Deno.test("what stands there already is not written", async () => {
  const it = await stage({ a: { used: 1, of: { x: 1, y: [2] }, other: "stays" }, b: { used: 1 } });
  it.keeper.set("a", { of: { y: [2], x: 1 }, used: 1 });
  it.keeper.set("b", { used: 2 });
  await it.clock.advance(60_000);
  deepEqual(it.sent(), ['PATCH /b/status {"status":{"used":2}}']);
  await it.end();
});

Deno.test("changes in quick succession are one write, the first at once", async () => {
  const it = await stage({ a: { used: 0 } });
  for (let used = 1; used <= 50; used++) {
    it.keeper.set("a", { used });
    await it.clock.advance(100);
  }
  await it.clock.advance(60_000);
  deepEqual(it.sent(), [
    'PATCH /a/status {"status":{"used":1}}',
    'PATCH /a/status {"status":{"used":50}}',
  ]);
  await it.end();
});

Deno.test("what goes back before it is written is not written", async () => {
  const it = await stage({ a: { used: 0 } });
  it.keeper.set("a", { used: 1 });
  await it.clock.advance(1_000);
  it.keeper.set("a", { used: 2 });
  await it.clock.advance(1_000);
  it.keeper.set("a", { used: 1 });
  await it.clock.advance(60_000);
  equal(it.sent().length, 1);
  await it.end();
});

Deno.test("a write that fails is tried again, with what is wanted then", async () => {
  let failures = 3;
  const it = await stage(
    {},
    {},
    () => failures-- > 0 ? { kind: "status", status: 500 } : { kind: "body", body: {} },
  );
  it.keeper.set("a", { used: 1 });
  await it.clock.advance(500);
  it.keeper.set("a", { used: 2 });
  await it.clock.advance(120_000);
  equal(it.sent().length, 4);
  deepEqual(it.sent().at(-1), 'PATCH /a/status {"status":{"used":2}}');
  await it.end();
});

Deno.test("an object that is not there is left alone, or created where that is asked for", async () => {
  const created = new Set<string>();
  const answer = ({ method, path }: KubeCall): ScriptedAnswer => {
    if (method === "POST") created.add("a");
    return method === "POST" || created.has(path.split("/").at(-2) ?? "")
      ? { kind: "body", body: {} }
      : { kind: "status", status: 404 };
  };
  const alone = await stage({}, {}, answer);
  alone.keeper.set("a", { used: 1 });
  await alone.clock.advance(60_000);
  equal(alone.sent().length, 1);
  await alone.end();
  const makes = await stage({}, { metadataOf: () => ({ labels: { is: "ours" } }) }, answer);
  makes.keeper.set("a", { used: 1 });
  await makes.clock.advance(60_000);
  deepEqual(makes.sent(), [
    'PATCH /a/status {"status":{"used":1}}',
    'POST  {"apiVersion":"metallb.io/v1beta1","kind":"IPAddressPool",' +
    '"metadata":{"labels":{"is":"ours"},"name":"a"}}',
    'PATCH /a/status {"status":{"used":1}}',
  ]);
  await makes.end();
});

Deno.test("an object that is no matter of ours any more is not written", async () => {
  const it = await stage({ a: { used: 0 } });
  it.keeper.set("a", { used: 1 });
  await it.clock.advance(100);
  it.keeper.set("a", { used: 2 });
  it.keeper.set("a", undefined);
  await it.clock.advance(60_000);
  equal(it.sent().length, 1);
  await it.end();
});

Deno.test("what somebody else changed is put right", async () => {
  const there: Record<string, JsonObject> = { a: { used: 1 } };
  const it = await stage(there);
  it.keeper.set("a", { used: 1 });
  await it.clock.advance(60_000);
  equal(it.sent().length, 0);
  there["a"] = { used: 7 };
  await it.clock.advance(600_000);
  deepEqual(it.sent(), ['PATCH /a/status {"status":{"used":1}}']);
  await it.end();
});

Deno.test("a change that many see is spread over a while, and the others' objects are not read", async () => {
  const it = await stage({ a: { used: 0 } }, { name: "a", spreadMs: 10_000 });
  it.keeper.set("a", { used: 1 });
  await it.clock.advance(4_900);
  equal(it.sent().length, 0);
  it.keeper.set("a", { used: 2 });
  await it.clock.advance(200);
  deepEqual(it.sent(), ['PATCH /a/status {"status":{"used":2}}']);
  deepEqual(it.asked(), [{ fieldSelector: "metadata.name=a" }]);
  await it.end();
});

Deno.test("without the right to write it is not tried again and again", async () => {
  const it = await stage({}, {}, () => ({ kind: "status", status: 403 }));
  it.keeper.set("a", { used: 1 });
  await it.clock.advance(400_000);
  equal(it.sent().length, 1);
  await it.end();
});

Deno.test("the right to read that is missing is warned of, a server that is away is not", async () => {
  for (const [status, want] of [[403, "warn"], [0, "debug"]] as const) {
    const { log, entries } = keptLog();
    const kube = scriptedKube(() => ({ kind: "status", status }));
    const clock = new VirtualClock();
    const keeper = new StatusKeeper({ kube, clock, random: () => 0.5, log }, OPTIONS);
    const stop = new AbortController();
    const running = keeper.run(stop.signal);
    await clock.advance(1);
    deepEqual(entries.map(({ level, event }) => [level, event]), [[want, "statusesNotRead"]]);
    stop.abort();
    await running;
  }
});

Deno.test("whoever else writes an object is not written over, but read", async () => {
  const there: Record<string, JsonObject> = { a: { used: 0 } };
  let version = 1;
  const it = await stage(there, { versionOf: () => `${version}` }, ({ body }) => {
    const isCurrent = JSON.stringify(body).includes(`"resourceVersion":"${version}"`);
    return isCurrent ? { kind: "body", body: {} } : { kind: "status", status: 409 };
  });
  version = 2;
  it.keeper.set("a", { used: 1 });
  await it.clock.advance(10_000);
  deepEqual(it.sent(), [
    'PATCH /a/status {"status":{"used":1},"metadata":{"resourceVersion":"1"}}',
    'PATCH /a/status {"status":{"used":1},"metadata":{"resourceVersion":"2"}}',
  ]);
  await it.end();
});
