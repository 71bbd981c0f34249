// deno-lint-ignore-file no-console
/**
 * How quickly Services get addresses.
 *
 *     deno run -A bench/assign.ts                    the decision alone, 1,000 and 10,000 Services
 *     deno run -A bench/assign.ts --api [N...]       leaders on a real API server, N Services [1000]
 *     deno run -A bench/assign.ts --api 3000 10000 --beside-metallb
 *                                                    and MetalLB's controller on another: half an hour
 *
 * Every leader runs as in production, a process of its own, on an API server that nobody else uses. MetalLB is
 * built once, with Go. More than 3,000 Services it is given with their addresses, so that it only starts.
 */
import { decide } from "../controller/mod.ts";
import { configOf, serviceOf, settleAll, testPool } from "../controller/testing.ts";
import type { Service } from "../kube/mod.ts";
import { LANLORD, metallb } from "./assign/contestant.ts";
import { race } from "./assign/race.ts";
import { table } from "./assign/table.ts";
import { buildMetallb } from "./lab/metallb_build.ts";

const NOW = "2026-01-01T00:00:00Z";

function benchDecision(count: number, pool: string): void {
  const config = configOf(testPool("default", [pool]));
  const family = pool.includes(":") ? "IPv6" : "IPv4";
  const pending = Array.from(
    { length: count },
    (_, i) => serviceOf({ name: `s${i}`, age: i, ipFamilies: [family] }),
  );
  const settled = settleAll(config, pending).services;
  const one = serviceOf({ name: "one", age: count, ipFamilies: [family] });
  const time = (services: readonly Service[]): string => {
    const runs = Array.from({ length: 5 }, () => {
      const start = performance.now();
      decide({ config, services, lbClass: undefined, now: NOW });
      return performance.now() - start;
    });
    return `${Math.min(...runs).toFixed(1)} ms`;
  };
  console.log(
    `${count} Services, pool ${pool}: from empty ${time(pending)}, ` +
      `one more ${time([...settled, one])}`,
  );
}

/** The most Services that MetalLB is to assign from empty: it takes nine minutes for 10,000. */
const METALLB_MOST = 3_000;

async function benchApi(counts: readonly number[], isBeside: boolean): Promise<void> {
  const assets = isBeside ? await buildMetallb() : undefined;
  if (typeof assets === "string") throw new Error(`Cannot measure MetalLB: ${assets}`);
  for (const count of counts) {
    const results = [await race(LANLORD, count, { isAssigned: false })];
    if (assets !== undefined) {
      results.push(await race(metallb(assets), count, { isAssigned: count > METALLB_MOST }));
    }
    console.log(`\n${table(results).join("\n")}`);
  }
}

if (import.meta.main) {
  const counts = Deno.args.filter((arg) => /^[0-9]+$/.test(arg)).map(Number);
  if (Deno.args.includes("--api")) {
    await benchApi(counts.length === 0 ? [1_000] : counts, Deno.args.includes("--beside-metallb"));
  } else {
    for (const count of [1_000, 10_000]) {
      benchDecision(count, "10.0.0.0/16");
      benchDecision(count, "fd00::/64");
    }
  }
}
