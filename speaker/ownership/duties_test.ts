import assert from "node:assert/strict";
import fc from "fast-check";
import { parseIp } from "../../ip/address.ts";
import type { Claimable } from "../desired/claimable.ts";
import { Duties, type Duty } from "./duties.ts";
import { rankNodes } from "./rank.ts";
import { RankStanding } from "./standing.ts";
import { DEFAULT_TIMINGS } from "./timings.ts";

const VIP = "192.168.0.200";
const { watchersPerHolder, watchIntervalMs, auditLeastMs, auditPerNodeMs } = DEFAULT_TIMINGS;
const NAMES = fc.uniqueArray(fc.nat(60).map((n) => `n${n}`), { minLength: 2, maxLength: 40 })
  .map((names) => names.toSorted());

interface Scene {
  readonly eligible: readonly string[];
  readonly silent: ReadonlySet<string>;
  readonly holder: string | undefined;
}

Deno.test("of() has the first few in rank watch a holder, one after the other", () => {
  fc.assert(fc.property(NAMES, fc.array(fc.nat(60)), (eligible, silent) => {
    const [holder = "", ...others] = eligible;
    const scene = { eligible, silent: new Set(silent.map((n) => `n${n}`)), holder };
    const awake = others.filter((name) => !scene.silent.has(name));
    const watchers = rankNodes(awake, "holder").slice(0, watchersPerHolder);
    for (const [i, node] of watchers.entries()) {
      const firstMs = watchIntervalMs * (1 + i) / watchers.length;
      assert.deepEqual(dutyOf(node, scene), { intervalMs: watchIntervalMs, firstMs });
    }
    const rest = awake.filter((name) => !watchers.includes(name));
    assertSpread(rest.map((node) => dutyOf(node, scene)), awake.length);
  }));
});

Deno.test("of() has nobody watch a stranger closely", () => {
  fc.assert(fc.property(NAMES, (eligible) => {
    const scene = { eligible, silent: new Set<string>(), holder: undefined };
    assertSpread(eligible.map((node) => dutyOf(node, scene)), eligible.length);
  }));
});

/** Now and then, each at an instant of its own within the interval. */
function assertSpread(duties: readonly Duty[], count: number): void {
  const intervalMs = Math.max(auditLeastMs, auditPerNodeMs * count);
  for (const duty of duties) {
    assert.equal(duty.intervalMs, intervalMs);
    assert.ok(duty.firstMs > 0 && duty.firstMs <= intervalMs);
  }
  assert.equal(new Set(duties.map(({ firstMs }) => firstMs)).size, duties.length);
}

function dutyOf(node: string, { eligible, silent, holder }: Scene): Duty {
  const duties = new Duties({
    node,
    timings: DEFAULT_TIMINGS,
    claimable: (key) => claimable(key, node, eligible),
    isSilent: (name) => silent.has(name),
  });
  return duties.of({ id: "holder", name: "holder", node: holder, addresses: [VIP] });
}

function claimable(key: string, node: string, eligible: readonly string[]): Claimable {
  const address = parseIp(key);
  assert.ok(address);
  const standing = new RankStanding({ node, key }, eligible);
  return { key, address, linkIndex: 1, eligible, standing, services: [] };
}
