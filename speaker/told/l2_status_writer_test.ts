import assert from "node:assert/strict";
import { parse } from "yaml";
import { createApi } from "../../demo/api/mod.ts";
import { anonymousCredentials, createClient } from "../../kube/mod.ts";
import { keptLog, scriptedKube, VirtualClock } from "../../kube/testing.ts";
import { tellL2StatusStories } from "../../tests/l2_status_stories.ts";
import { L2StatusWriter } from "./l2_status_writer.ts";

const CRD = new URL("../../deploy/crds/metallb.io_servicel2statuses.yaml", import.meta.url);

Deno.test("ServiceL2Status objects on the in-memory API server", async (t) => {
  const api = createApi();
  api.load([
    { apiVersion: "v1", kind: "Namespace", metadata: { name: "metallb-system" } },
    parse(await Deno.readTextFile(CRD)),
  ]);
  using kube = createClient(anonymousCredentials("http://api.test"), { fetch: api.fetch });
  await tellL2StatusStories(t, kube);
  api.stop();
});

Deno.test("L2StatusWriter writes nothing where the kind is not installed, and makes no noise", async () => {
  const kube = scriptedKube(() => ({ kind: "status", status: 404 }));
  const { log, entries } = keptLog();
  const clock = new VirtualClock();
  await using run = startWriter(kube, clock, log, 3);
  await clock.advance(300_000);
  assert.deepEqual(new Set(kube.calls.map(({ method }) => method)), new Set(["GET"]));
  assert.ok(kube.calls.length < 12, `${kube.calls.length} calls in five minutes`);
  assert.deepEqual(entries.filter(({ level }) => level !== "debug"), []);
  assert.deepEqual(run.outcomes, []);
});

Deno.test("L2StatusWriter never writes faster than its pace, and backs off", async (t) => {
  const list = { kind: "body", body: { metadata: { resourceVersion: "1" }, items: [] } } as const;
  await t.step("100 calls in a second, until each Service has its object", async () => {
    const kube = scriptedKube(({ method, query }) => {
      if (method !== "GET") return { kind: "body", body: { metadata: { name: "a" } } };
      return query?.["watch"] === undefined ? list : { kind: "stream", lines: ["stand"] };
    });
    const clock = new VirtualClock();
    await using _run = startWriter(kube, clock, keptLog().log, 600);
    const count = (wanted: string): number =>
      kube.calls.filter(({ method }) => method === wanted).length;
    await clock.advance(5_000);
    const writes = count("POST") + count("PATCH");
    assert.ok(writes > 100 && writes <= 510, `${writes} writes in 5 s`);
    await clock.advance(20_000);
    assert.deepEqual([count("POST"), count("PATCH"), count("DELETE")], [600, 600, 0]);
  });
  await t.step(
    "a server that is away is asked a few times a minute, until it is back",
    async () => {
      let isBack = false;
      const kube = scriptedKube(({ method, query }) => {
        if (isBack && method !== "GET") return { kind: "body", body: { metadata: { name: "a" } } };
        if (method !== "GET") return { kind: "status", status: 503 };
        return query?.["watch"] === undefined ? list : { kind: "stream", lines: ["stand"] };
      });
      const clock = new VirtualClock();
      const { log, entries } = keptLog();
      await using run = startWriter(kube, clock, log, 1_000);
      await clock.advance(600_000);
      const writes = kube.calls.filter(({ method }) => method !== "GET").length;
      assert.ok(writes > 10 && writes < 250, `${writes} writes in 10 minutes`);
      assert.equal(run.outcomes.length, writes);
      const loud = entries.filter(({ level, event }) =>
        level !== "debug" && event === "l2StatusNotWritten"
      );
      assert.ok(loud.length <= 4, `${loud.length} warnings`);
      isBack = true;
      await clock.advance(60_000);
      assert.equal(run.outcomes.filter((outcome) => outcome === "create done").length, 1_000);
    },
  );
});

/** A writer of a node that announces so many Services, each with an address of its own. */
function startWriter(
  kube: ConstructorParameters<typeof L2StatusWriter>[0]["kube"],
  clock: VirtualClock,
  log: ReturnType<typeof keptLog>["log"],
  services: number,
): AsyncDisposable & { readonly outcomes: readonly string[] } {
  const stop = new AbortController();
  const outcomes: string[] = [];
  const about = { apiVersion: "v1", kind: "Service", namespace: "default" };
  const announced = Array.from({ length: services }, (_, n) => ({
    key: `10.0.${n >> 8}.${n & 255}`,
    interfaceName: "eth0",
    since: 0,
    services: [{ ...about, name: `s${n}`, uid: `u${n}` }],
  }));
  const writer = new L2StatusWriter({
    node: "n1",
    namespace: "metallb-system",
    kube,
    clock,
    random: () => 0.5,
    log,
    metrics: { l2StatusWritten: (action, outcome) => void outcomes.push(`${action} ${outcome}`) },
    announced: () => announced,
    isFirst: () => true,
    owner: () => undefined,
  });
  writer.begin();
  const running = writer.run(stop.signal);
  return {
    outcomes,
    [Symbol.asyncDispose]: async () => {
      stop.abort();
      await running;
    },
  };
}
