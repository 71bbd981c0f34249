/** A router that answers for every address, with `--on-stranger ignore`. */
import assert from "node:assert/strict";
import { generate } from "./generate.ts";
import { PROTOCOL, type Protocol } from "./protocol.ts";
import type { Scenario } from "./scenario.ts";
import { formatFailure } from "./search.ts";
import { simulate } from "./simulate.ts";

/** Of small clusters, where each fault makes somebody move. As many as take some seconds. */
const SCENARIOS = 15;

const IGNORE: Protocol = { ...PROTOCOL, onStranger: "ignore" };

Deno.test(`beside a router with proxy ARP no rule is broken in ${SCENARIOS} scenarios`, () => {
  let moves = 0;
  for (let seed = 1; seed <= SCENARIOS; seed++) {
    const scenario = proxied(generate({ seed, nodes: 2 + seed % 5 }));
    const report = simulate(scenario, { protocol: IGNORE });
    const [violation] = report.violations;
    const failure = violation && formatFailure({ seed, scenario, violation }, IGNORE);
    assert.equal(failure, undefined, failure);
    moves += report.moves;
  }
  assert.ok(moves > 2 * SCENARIOS, `${moves} moves`);
});

Deno.test("beside a router with proxy ARP nothing is claimed from whom it seems to have", () => {
  const scenario = proxied({ ...generate({ seed: 1, nodes: 3 }), schedule: [] });
  const traced: string[] = [];
  simulate(scenario, { trace: (line) => traced.push(line) });
  assert.ok(traced.some((line) => line.includes(" conflict ")), traced.join("\n"));
  assert.ok(!traced.some((line) => line.includes(" claimed ")), traced.join("\n"));
});

/** The scenario without strangers but one router in every domain, which answers for everything. */
function proxied(scenario: Scenario): Scenario {
  const domains = new Set(scenario.nodes.flatMap(({ domains }) => domains));
  const routers = Array.from(domains, (domain) => ({ kind: "proxy-arp", domain } as const));
  const others = scenario.schedule.filter(({ fault }) =>
    fault.kind !== "stranger" && fault.kind !== "stranger-leaves"
  );
  return { ...scenario, schedule: [...routers.map((fault) => ({ atMs: 0, fault })), ...others] };
}
