import { deepEqual, equal, rejects } from "node:assert/strict";
import { KubeError } from "./errors.ts";
import { isObject, objectAt, stringAt } from "./json.ts";
import type { Kube, KubeCall } from "./kube.ts";
import { lead, type Leadership, type LeadOptions } from "./lease.ts";
import { aborted, keptLog, silentLog, VirtualClock } from "./testing.ts";
import type { Json, JsonObject } from "./types.ts";

const SECOND = 1_000;
const NEVER = new AbortController().signal;
const OPTIONS: LeadOptions = { namespace: "n", name: "leader", identity: "a" };

/** One Lease behind a door that can be shut. */
class LeaseServer implements Kube {
  isAway = false;
  /** Takes calls and never answers. */
  isFrozen = false;
  #lease: JsonObject | undefined;
  #version = 0;

  get spec(): JsonObject {
    return objectAt(this.#lease ?? {}, "spec");
  }

  async request(call: KubeCall, signal: AbortSignal = NEVER): Promise<Json> {
    if (this.isFrozen) {
      await aborted(signal);
      throw signal.reason;
    }
    if (this.isAway) throw failure(call, 0);
    const body = isObject(call.body) ? call.body : {};
    if (call.method === "POST" && this.#lease !== undefined) throw failure(call, 409);
    if (call.method === "POST") return this.#store(objectAt(body, "spec"));
    if (this.#lease === undefined) throw failure(call, 404);
    if (call.method === "GET") return this.#lease;
    if (stringAt(objectAt(body, "metadata"), "resourceVersion") !== `${this.#version}`) {
      throw failure(call, 409);
    }
    return this.#store({ ...this.spec, ...objectAt(body, "spec") });
  }

  /** As `kubectl delete lease` does. */
  delete(): void {
    this.#lease = undefined;
  }

  stream(): AsyncIterable<Json> {
    throw new TypeError("Cannot stream: not needed here");
  }

  #store(spec: JsonObject): JsonObject {
    this.#version++;
    const metadata = { namespace: "n", name: "leader", resourceVersion: `${this.#version}` };
    this.#lease = { metadata, spec };
    return this.#lease;
  }
}

function failure(call: KubeCall, status: number): KubeError {
  const reason = status === 409 && call.method === "POST" ? "AlreadyExists" : "Scripted";
  return new KubeError({ verb: call.method, path: call.path, status, reason, detail: "as told" });
}

/** A candidate whose work stands until it is told to stop. */
class Candidate {
  readonly stop = new AbortController();
  readonly ended: Promise<void>;
  leadership: Leadership | undefined;
  terms = 0;

  constructor(kube: Kube, identity: string, clock: VirtualClock) {
    const deps = { clock, random: () => 0.5, log: silentLog };
    const options = { ...OPTIONS, identity };
    this.ended = lead(kube, options, deps, this.stop.signal, async (leadership) => {
      this.leadership = leadership;
      this.terms++;
      await aborted(leadership.signal);
    });
  }

  get isHeld(): boolean {
    return this.leadership?.isHeld() ?? false;
  }
}

Deno.test("lead() lets one of two work, and the other go on once it has stopped", async () => {
  const clock = new VirtualClock();
  const server = new LeaseServer();
  const a = new Candidate(server, "a", clock);
  await clock.advance(SECOND);
  const b = new Candidate(server, "b", clock);
  await clock.advance(600 * SECOND);
  deepEqual([a.isHeld, b.isHeld], [true, false]);
  equal(server.spec["holderIdentity"], "a");
  a.stop.abort();
  await a.ended;
  deepEqual(
    [a.isHeld, server.spec["holderIdentity"], server.spec["leaseDurationSeconds"]],
    [false, "", 1],
  );
  await clock.advance(5 * SECOND);
  deepEqual([b.isHeld, server.spec["holderIdentity"]], [true, "b"]);
  equal(server.spec["leaseTransitions"], 1);
  b.stop.abort();
  await b.ended;
});

Deno.test("lead() ends leadership at the deadline, before the Lease is free for others", async () => {
  const clock = new VirtualClock();
  const server = new LeaseServer();
  const a = new Candidate(server, "a", clock);
  await clock.advance(SECOND);
  equal(a.isHeld, true);
  server.isAway = true;
  await clock.advance(7 * SECOND);
  equal(a.isHeld, true);
  await clock.advance(3 * SECOND);
  deepEqual([a.isHeld, a.leadership?.signal.aborted], [false, true]);
  server.isAway = false;
  await clock.advance(5 * SECOND);
  deepEqual([a.isHeld, a.terms], [true, 2]);
  a.stop.abort();
  await a.ended;
});

Deno.test("lead() is no longer held after a freeze, even before anything else has run", async () => {
  const clock = new VirtualClock();
  const server = new LeaseServer();
  const a = new Candidate(server, "a", clock);
  await clock.advance(SECOND);
  clock.freeze(30 * SECOND);
  equal(a.isHeld, false);
  a.stop.abort();
  await a.ended;
  equal(server.spec["holderIdentity"], "a", "a leader that has lost the Lease writes nothing more");
});

Deno.test("lead() takes over from a holder that has died, after its duration", async () => {
  const clock = new VirtualClock();
  const server = new LeaseServer();
  const spec = { holderIdentity: "dead", renewTime: "t", leaseDurationSeconds: 15 };
  await server.request({ method: "POST", path: "", body: { spec } });
  const a = new Candidate(server, "a", clock);
  await clock.advance(14 * SECOND);
  equal(a.isHeld, false);
  await clock.advance(6 * SECOND);
  equal(a.isHeld, true);
  a.stop.abort();
  await a.ended;
});

Deno.test("lead() that comes back under the same identity goes on at once", async () => {
  const clock = new VirtualClock();
  const server = new LeaseServer();
  const spec = { holderIdentity: "a", renewTime: "t", leaseDurationSeconds: 15 };
  await server.request({ method: "POST", path: "", body: { spec } });
  const a = new Candidate(server, "a", clock);
  await clock.advance(0);
  equal(a.isHeld, true);
  a.stop.abort();
  await a.ended;
});

Deno.test("lead() keeps the Lease while the work winds down, then releases it", async () => {
  const clock = new VirtualClock();
  const server = new LeaseServer();
  const stop = new AbortController();
  const finish = Promise.withResolvers<void>();
  const held: boolean[] = [];
  const deps = { clock, random: () => 0, log: silentLog };
  const ended = lead(server, OPTIONS, deps, stop.signal, async (leadership) => {
    await aborted(leadership.signal);
    await finish.promise;
    held.push(leadership.isHeld());
  });
  await clock.advance(SECOND);
  stop.abort();
  await clock.advance(60 * SECOND);
  equal(server.spec["holderIdentity"], "a");
  finish.resolve();
  await ended;
  deepEqual([held, server.spec["holderIdentity"]], [[true], ""]);
});

Deno.test("lead() ends within a second though nobody answers the release", async () => {
  const clock = new VirtualClock();
  const server = new LeaseServer();
  const a = new Candidate(server, "a", clock);
  await clock.advance(SECOND);
  server.isFrozen = true;
  let isEnded = false;
  a.ended.then(() => isEnded = true);
  a.stop.abort();
  await clock.advance(SECOND);
  equal(isEnded, true);
});

Deno.test("lead() tells of an API server that is away for an hour a dozen times, not a thousand", async () => {
  const clock = new VirtualClock();
  const server = new LeaseServer();
  const { log, entries } = keptLog();
  const stop = new AbortController();
  server.isAway = true;
  const ended = lead(server, OPTIONS, { clock, random: () => 0.5, log }, stop.signal, () => {
    throw new Error("nobody leads");
  });
  await clock.advance(3_600 * SECOND);
  stop.abort();
  await ended;
  deepEqual(entries.map(({ fields }) => fields?.["failures"]), [
    1,
    2,
    4,
    8,
    16,
    32,
    64,
    128,
    256,
    512,
    1024,
  ]);
});

Deno.test("lead() rejects with what the work rejects with, the Lease released", async () => {
  const clock = new VirtualClock();
  const server = new LeaseServer();
  const deps = { clock, random: () => 0, log: silentLog };
  const signal = new AbortController().signal;
  await rejects(
    lead(server, OPTIONS, deps, signal, () => Promise.reject(new Error("broken work"))),
    /broken work/,
  );
  equal(server.spec["holderIdentity"], "");
});

Deno.test("lead() refuses times that do not fit", async () => {
  const deps = { clock: new VirtualClock(), random: () => 0, log: silentLog };
  const signal = new AbortController().signal;
  const options = { ...OPTIONS, renewDeadlineMs: 15_000 };
  await rejects(
    lead(new LeaseServer(), options, deps, signal, () => Promise.resolve()),
    /wanted retry < renew deadline < lease duration, found 2000, 15000, 15000 ms/,
  );
});

Deno.test("lead() goes on after the Lease was deleted; two lead for no longer than a retry", async () => {
  const clock = new VirtualClock();
  const server = new LeaseServer();
  const candidates = ["a", "b", "c"].map((identity) => new Candidate(server, identity, clock));
  const leading = (): number => candidates.filter(({ isHeld }) => isHeld).length;
  await clock.advance(SECOND);
  for (let deletion = 0; deletion < 12; deletion++) {
    server.delete();
    let bothMs = 0;
    for (let ms = 0; ms < 6_100 + 130 * deletion; ms += 100) {
      await clock.advance(100);
      if (leading() > 1) bothMs += 100;
    }
    equal(bothMs <= 2 * SECOND, true, `two at a time for ${bothMs} ms`);
    equal(leading(), 1);
  }
  for (const { stop } of candidates) stop.abort();
  await Promise.all(candidates.map(({ ended }) => ended));
});
