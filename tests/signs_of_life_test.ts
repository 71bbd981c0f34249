/** Whoever waits for others is not dead: signs of life as the service manager and the probes hear them. */
import assert from "node:assert/strict";
import { type Api, createApi } from "../demo/api/mod.ts";
import { anonymousCredentials, createClient, type JsonObject, type Kube } from "../kube/mod.ts";
import { silentLog, VirtualClock } from "../kube/testing.ts";
import type { Clock } from "../ops/clock.ts";
import { createHealth, type Health } from "../ops/health.ts";
import { createNotifier } from "../ops/notify.ts";
import { type Role, type RoleParts, runRole } from "./staged_role.ts";

/** What an API server does with a request. */
type Fate = "answered" | "late" | "never answered" | "refused";

/** What it does with each, and when that begins. */
interface Row {
  readonly role: Role;
  readonly name: string;
  readonly fate: (call: string) => Fate;
  /** When it begins to be so, in ms; before, it answers. @default 0 */
  readonly from?: number;
  /** @default nobody else has the Lease */
  readonly isLedByOther?: boolean;
  /** How many Services want an address. @default 0 */
  readonly services?: number;
}

const all = (fate: Fate) => (): Fate => fate;
const writes = (fate: Fate) => (call: string): Fate =>
  /^PATCH .*\/services\//.test(call) ? fate : "answered";

const rows: readonly Row[] = [
  { role: "leader", name: "leads, and nothing happens", fate: all("answered") },
  { role: "leader", name: "stands by", fate: all("answered"), isLedByOther: true },
  { role: "leader", name: "starts while nobody is there", fate: all("refused") },
  { role: "leader", name: "starts while nothing is answered", fate: all("never answered") },
  {
    role: "leader",
    name: "led, and nothing is answered any more",
    fate: all("never answered"),
    from: 60_000,
    services: 20,
  },
  { role: "leader", name: "has to wait long for everything", fate: all("late"), services: 20 },
  { role: "leader", name: "writes, and waits", fate: writes("late"), services: 40 },
  { role: "leader", name: "writes in vain", fate: writes("never answered"), services: 40 },
  { role: "leader", name: "may not write", fate: writes("refused"), services: 40 },
  { role: "speaker", name: "starts while nobody is there", fate: all("refused") },
  { role: "speaker", name: "starts while nothing is answered", fate: all("never answered") },
  {
    role: "speaker",
    name: "ran, and nothing is answered any more",
    fate: all("never answered"),
    from: 60_000,
  },
  { role: "speaker", name: "has to wait long for everything", fate: all("late") },
];

/** `WatchdogSec=` of the units, which are held to this below. */
const WATCHDOG_MS = { leader: 30_000, speaker: 10_000 } as const;

/** As in `cli/role.ts`. */
const LIVENESS_MS = 30_000;

/** The client waits 30 s. */
const LATE_MS = 29_000;

/** Long enough for every wait between attempts to be as long as it gets. */
const WHOLE_MS = 600_000;

for (const row of rows) {
  Deno.test(`a ${row.role} that ${row.name} tells that it lives in half of the time at most`, async () => {
    const clock = new VirtualClock();
    const api = createApi({ now: clock.nowWall });
    api.load(objectsOf(row));
    const heardAt: number[] = [];
    const health = healthOf(row.role, clock, (text) => {
      if (text.includes("WATCHDOG=1")) heardAt.push(clock.now());
    });
    using kube = clientOf(row, api, clock);
    await whileRunning(row.role, { kube, clock, health }, async () => {
      await clock.advance(WHOLE_MS);
      heardAt.push(clock.now());
      const silences = heardAt.map((at, i) => at - (heardAt[i - 1] ?? 0));
      assert.ok(Math.max(...silences) <= WATCHDOG_MS[row.role] / 2, `${Math.max(...silences)} ms`);
      assert.equal(health.isAlive(), true);
    });
    api.stop();
  });
}

Deno.test("a leader whose write has no end is dead", async () => {
  const clock = new VirtualClock();
  const api = createApi();
  const row: Row = { role: "leader", name: "", fate: all("answered"), services: 1 };
  api.load(objectsOf(row));
  using client = clientOf(row, api, clock);
  let writes = 0;
  const kube: Kube = {
    request: (call, signal) => {
      if (call.method !== "PATCH" || !call.path.includes("/services/")) {
        return client.request(call, signal);
      }
      writes++;
      return new Promise((_, reject) => {
        signal.addEventListener("abort", () => reject(signal.reason));
      });
    },
    stream: (call, signal) => client.stream(call, signal),
  };
  const health = createHealth({ now: clock.now, livenessMs: LIVENESS_MS });
  await whileRunning("leader", { kube, clock, health }, async () => {
    await clock.advance(80_000);
    assert.deepEqual([writes, health.isAlive()], [1, true]);
    await clock.advance(40_000);
    assert.equal(health.isAlive(), false);
  });
  api.stop();
});

Deno.test("the units are killed after the time that is tested here", async () => {
  for (const [role, ms] of Object.entries(WATCHDOG_MS)) {
    const unit = new URL(`../deploy/systemd/lanlord-${role}.service`, import.meta.url);
    assert.match(await Deno.readTextFile(unit), new RegExp(`^WatchdogSec=${ms / 1_000}$`, "m"));
  }
});

function healthOf(
  role: Role,
  { now }: Clock,
  hear: (text: string) => void,
): Health {
  const decoder = new TextDecoder();
  const notifier = createNotifier({
    send: (datagram) => hear(decoder.decode(datagram)),
    watchdogMs: WATCHDOG_MS[role],
    now,
    log: silentLog,
  });
  return createHealth({ now, livenessMs: LIVENESS_MS, notifier });
}

function clientOf({ fate, from = 0 }: Row, api: Api, clock: Clock): Kube & Disposable {
  return createClient(anonymousCredentials("http://api"), {
    clock,
    fetch: async (request) => {
      const call = `${request.method} ${new URL(request.url).pathname}`;
      switch (clock.now() < from ? "answered" : fate(call)) {
        case "answered":
          return await api.fetch(request);
        case "late":
          await clock.sleep(LATE_MS, request.signal);
          return await api.fetch(request);
        case "never answered":
          return await new Promise((_, reject) => {
            request.signal.addEventListener("abort", () => reject(request.signal.reason));
          });
        default:
          throw new TypeError("connection refused");
      }
    },
  });
}

/** Runs a role while `body` lasts, and then lets it end. */
async function whileRunning(
  role: Role,
  parts: RoleParts & { readonly clock: VirtualClock },
  body: () => Promise<void>,
): Promise<void> {
  const stop = new AbortController();
  const running = runRole(role, { namespace: "default" }, parts, stop.signal);
  await body();
  stop.abort();
  await parts.clock.advance(60_000);
  await running;
}

function objectsOf({ services = 0, isLedByOther = false }: Row): readonly JsonObject[] {
  const namespace = "default";
  const config = `
address-pools:
- name: default
  protocol: layer2
  addresses: [192.168.0.100-192.168.0.199]
`;
  const lease = {
    apiVersion: "coordination.k8s.io/v1",
    kind: "Lease",
    metadata: { namespace, name: "lanlord-leader" },
    // For longer than the test runs.
    spec: { holderIdentity: "b", leaseDurationSeconds: 86_400 },
  };
  return [
    { apiVersion: "v1", kind: "Node", metadata: { name: "n1" } },
    {
      apiVersion: "v1",
      kind: "ConfigMap",
      metadata: { namespace, name: "config" },
      data: { config },
    },
    ...isLedByOther ? [lease] : [],
    ...Array.from({ length: services }, (_, i) => ({
      apiVersion: "v1",
      kind: "Service",
      metadata: { namespace: "default", name: `s${i}` },
      spec: { type: "LoadBalancer", ports: [{ port: 80, protocol: "TCP" }] },
    })),
  ];
}
