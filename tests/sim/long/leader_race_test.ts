import assert from "node:assert/strict";
import { LEADER_LEASE } from "../../../controller/mod.ts";
import { type JsonObject, type Kube, LEASES, mergePatch, pathOf } from "../../../kube/mod.ts";
import { clashesAmong } from "../../clashes.ts";
import { effort } from "../../effort.ts";
import { LeaderFate, type UserCall } from "../../leader_fate.ts";
import { configure, create, remove } from "../../leader_scenarios.ts";
import { Random } from "../random.ts";
import { slowKube, withLeaseNamed } from "../../slow_kube.ts";

/** What lets two leaders write at a time; `alone`: nothing, there is one. */
type Cause = "alone" | "leases" | "deleted" | "cleared" | "edited";

interface Race {
  readonly seed: number;
  readonly cause: Cause;
  /** The longest that a call or its answer is on its way; a line of a watch, ten times that. */
  readonly slowMs: number;
}

const ROUNDS = 40;

const CAUSES: readonly Cause[] = ["leases", "deleted", "cleared", "edited"];
const SLOW_MS: readonly number[] = [3, 30, 120];
const SEEDS = 2 * effort();

Deno.test("what two leaders at a time give out twice is found, and stays with the older", async () => {
  const races = CAUSES.flatMap((cause) =>
    SLOW_MS.flatMap((slowMs) =>
      Array.from({ length: SEEDS }, (_, seed): Race => ({ seed, cause, slowMs }))
    )
  );
  const clashes = await Promise.all(races.map((race) =>
    run(race).catch((cause) => {
      throw new Error(`Race ${JSON.stringify(race)}`, { cause });
    })
  ));
  assert.ok(clashes.some((count) => count > 0), "no race was one");
});

Deno.test("one leader whose watches lag gives nothing out twice", async () => {
  const races = SLOW_MS.flatMap((slowMs) =>
    Array.from({ length: SEEDS }, (_, seed): Race => ({ seed, cause: "alone", slowMs }))
  );
  const clashes = await Promise.all(races.map(run));
  assert.deepEqual(clashes, races.map(() => 0));
});

/** Resolves with how often an address had two owners. */
async function run({ seed, cause, slowMs }: Race): Promise<number> {
  const random = new Random(seed);
  await using fate = new LeaderFate();
  const open = (): Kube =>
    slowKube(fate.open(), {
      clock: fate.clock,
      callMs: () => random.next() * slowMs,
      lineMs: () => random.chance(0.2) ? random.next() * 10 * slowMs : 0,
    });
  const second = cause === "leases" ? withLeaseNamed(open(), LEADER_LEASE, "another") : open();
  await fate.ask(configure("10.0.0.1-10.0.0.4", "fd00::1-fd00::3"));
  fate.start(open(), "first");
  if (cause !== "alone") fate.start(second, "second");
  await fate.clock.advance(3_000);
  for (let i = 0; i < ROUNDS; i++) {
    for (const call of disturb(random, fate, cause, i)) {
      await fate.attempt(call);
      await fate.clock.advance(random.next() * slowMs);
    }
    await fate.clock.advance(random.next() ** 2 * 10 * slowMs);
  }
  await fate.clock.advance(20_000);
  const { histories, clashes } = fate.chronicle;
  assert.deepEqual(clashesAmong([...fate.services.values()]), []);
  await fate.clock.advance(40_000);
  assert.deepEqual(fate.chronicle.histories, histories);
  assert.deepEqual(fate.chronicle.upset, []);
  return clashes.length;
}

/** What users do next. */
function disturb(
  random: Random,
  fate: LeaderFate,
  cause: Cause,
  round: number,
): readonly UserCall[] {
  const ours = [...fate.services.values()].filter(({ meta }) => meta.name.startsWith("s"));
  if (cause !== "alone" && cause !== "leases" && random.chance(0.2)) return [spoilLease(cause)];
  if (ours.length < 8) return [create(`s${round}`, random.pick(KINDS))];
  const { meta, ingress } = random.pick(ours);
  // One goes, others wait for its address, and somebody asks for it by name.
  const loadBalancerIP = ingress[0]?.ip ?? "10.0.0.1";
  return [remove(meta.name), create(`s${round}`, { loadBalancerIP })];
}

const KINDS: readonly JsonObject[] = [
  {},
  {},
  { ipFamilyPolicy: "RequireDualStack", ipFamilies: ["IPv4", "IPv6"] },
  { annotations: { "metallb.io/allow-shared-ip": "k" }, ports: [{ port: 1 }] },
  { annotations: { "metallb.io/allow-shared-ip": "k" }, ports: [{ port: 2 }] },
];

function spoilLease(cause: Exclude<Cause, "alone" | "leases">): UserCall {
  const at = { namespace: "default", name: LEADER_LEASE };
  switch (cause) {
    case "deleted":
      return { method: "DELETE", path: pathOf(LEASES, at) };
    case "cleared":
      return mergePatch(LEASES, at, { spec: { holderIdentity: "" } });
    case "edited":
      return mergePatch(LEASES, at, { spec: { holderIdentity: "second" } });
    default:
      return cause satisfies never;
  }
}
