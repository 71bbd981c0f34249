import { deepEqual, equal, ok } from "node:assert/strict";
import { CONFIG_MAPS, createEvents, type Kube, lead } from "../../../kube/mod.ts";
import { aborted, silentLog } from "../../../kube/testing.ts";
import { systemClock } from "../../../ops/clock.ts";
import { asObject, type Case, createConfigMap, itemsOf, type World } from "./world.ts";

export const DUTY_CASES: readonly Case[] = [
  { name: "lets one of two contenders lead, and the other after it", run: elect },
  { name: "counts an Event that repeats", run: countEvents },
];

async function elect({ kube, other, namespace, signal }: World): Promise<void> {
  const turns: string[] = [];
  const stop = { a: new AbortController(), b: new AbortController() };
  const stand = (identity: "a" | "b", client: Kube, work: () => void): Promise<void> => {
    const times = { leaseDurationMs: 4_000, renewDeadlineMs: 3_000, retryMs: 100 };
    const options = { namespace, name: "leader", identity, ...times };
    const deps = { clock: systemClock, random: () => 0, log: silentLog };
    const both = AbortSignal.any([signal, stop[identity].signal]);
    return lead(client, options, deps, both, async (leadership) => {
      turns.push(identity);
      ok(leadership.isHeld());
      work();
      await aborted(leadership.signal);
    });
  };
  const leadsA = Promise.withResolvers<void>();
  const leadsB = Promise.withResolvers<void>();
  const a = stand("a", kube, leadsA.resolve);
  await leadsA.promise;
  const b = stand("b", other, leadsB.resolve);
  stop.a.abort();
  await a;
  await leadsB.promise;
  stop.b.abort();
  await b;
  deepEqual(turns, ["a", "b"]);
}

async function countEvents({ kube, namespace, signal }: World): Promise<void> {
  const made = await createConfigMap(kube, namespace, "a", {}, signal);
  const meta = CONFIG_MAPS.parse(asObject(made))?.meta;
  ok(meta);
  const deps = { clock: systemClock, log: silentLog };
  const events = createEvents(kube, { component: "contract", host: "n1" }, deps);
  const { name, uid } = meta;
  const about = { apiVersion: "v1", kind: "ConfigMap", namespace, name, uid };
  for (let i = 0; i < 3; i++) {
    events.emit({ about, type: "Warning", reason: "Repeated", message: "again" });
  }
  await events.flush(signal);
  equal(events.dropped, 0);
  const query = { fieldSelector: `involvedObject.name=a,reason=Repeated,type=Warning` };
  const path = `/api/v1/namespaces/${namespace}/events`;
  const items = itemsOf(await kube.request({ method: "GET", path, query }, signal));
  deepEqual(
    items.map(({ count, message, source }) => ({ count, message, source })),
    [{ count: 3, message: "again", source: { component: "contract", host: "n1" } }],
  );
}
