import assert from "node:assert/strict";
import { type Kube, type KubeCall, KubeError } from "../kube/mod.ts";
import type { Clock } from "../ops/clock.ts";
import { Presence } from "./presence.ts";

const TEXT = '[{"name":"eth0"}]';
const PATH = "/apis/coordination.k8s.io/v1/namespaces/metallb-system/leases";

/** What the server says to each call in turn: a status, 200 for success. */
async function write(...statuses: readonly number[]): Promise<readonly KubeCall[]> {
  const calls: KubeCall[] = [];
  const stop = new AbortController();
  const kube: Kube = {
    request: (call) => {
      calls.push(call);
      const status = statuses[calls.length - 1] ?? 200;
      if (calls.length >= statuses.length) queueMicrotask(() => stop.abort());
      if (status === 200) return Promise.resolve({});
      const reason = { 404: "NotFound", 409: "AlreadyExists" }[status] ?? "";
      const { method: verb, path } = call;
      return Promise.reject(new KubeError({ verb, path, status, reason, detail: "no" }));
    },
    stream: () => {
      throw new Error("nothing is watched here");
    },
  };
  const clock: Clock = { now: () => 0, nowWall: () => 0, sleep: () => Promise.resolve() };
  const deps = {
    kube,
    clock,
    log: () => {},
    random: () => 0,
    onTried: () => {},
    onEarlier: () => {},
  };
  const presence = new Presence(deps, { namespace: "metallb-system", node: "n1" });
  presence.set(TEXT);
  await presence.run(stop.signal);
  return calls;
}

const rows: readonly { name: string; statuses: readonly number[]; want: readonly string[] }[] = [
  { name: "there is one: changed", statuses: [200], want: ["PATCH /lanlord-speaker-n1"] },
  {
    name: "there is none: made",
    statuses: [404, 200],
    want: ["PATCH /lanlord-speaker-n1", "POST "],
  },
  {
    name: "somebody was quicker: changed",
    statuses: [404, 409, 200],
    want: ["PATCH /lanlord-speaker-n1", "POST ", "PATCH /lanlord-speaker-n1"],
  },
  {
    name: "the server is away: tried again",
    statuses: [0, 503, 200],
    want: Array<string>(3).fill("PATCH /lanlord-speaker-n1"),
  },
];

Deno.test("Presence writes the Lease whatever is there", async (t) => {
  for (const { name, statuses, want } of rows) {
    await t.step(name, async () => {
      const calls = await write(...statuses);
      assert.deepEqual(
        calls.map(({ method, path }) => `${method} ${path.replace(PATH, "")}`),
        want,
      );
      assert.match(JSON.stringify(calls.at(-1)?.body), /lanlord\.dev\/interfaces.*eth0/);
    });
  }
});

Deno.test("Presence takes in what an earlier run told of conflicts, before it writes over that", async () => {
  const bodies: string[] = [];
  const told: string[] = [];
  const stop = new AbortController();
  const annotations = { "lanlord.dev/conflicts": "earlier" };
  const kube: Kube = {
    request: (call) => {
      bodies.push(JSON.stringify(call.body));
      // While the first write is under way nobody knows of it yet.
      if (bodies.length < 3) presence.setConflicts(bodies.length === 1 ? "ignorant" : undefined);
      else queueMicrotask(() => stop.abort());
      return Promise.resolve({ metadata: { name: "lanlord-speaker-n1", annotations } });
    },
    stream: () => {
      throw new Error("nothing is watched here");
    },
  };
  const clock: Clock = { now: () => 0, nowWall: () => 0, sleep: () => Promise.resolve() };
  const onEarlier = (text: string): void => {
    told.push(text);
    presence.setConflicts("resumed");
  };
  const deps = { kube, clock, log: () => {}, random: () => 0, onTried: () => {}, onEarlier };
  const presence: Presence = new Presence(deps, { namespace: "metallb-system", node: "n1" });
  presence.set(TEXT);
  await presence.run(stop.signal);
  assert.deepEqual(told, ["earlier"]);
  const written = bodies.map((body) => /"lanlord.dev\/conflicts":(null|"\w+")/.exec(body)?.[1]);
  assert.deepEqual(written, [undefined, '"resumed"', "null"]);
});
