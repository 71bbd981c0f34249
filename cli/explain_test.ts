import { deepStrictEqual, match, strictEqual } from "node:assert/strict";
import { EXPORTED_CLUSTER } from "../tests/exported_cluster.ts";
import { runCommand } from "./command.ts";
import { explainCommand } from "./explain.ts";
import type { VerdictJson, VerdictListJson } from "./explain_json.ts";

interface Ran {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

/** `lanlord explain -f -` with these arguments more. @param locale of a terminal; absent: no terminal */
async function explain(
  args: readonly string[],
  text = EXPORTED_CLUSTER,
  locale?: string,
): Promise<Ran> {
  const out: string[] = [];
  const err: string[] = [];
  const code = await runCommand(explainCommand(() => Promise.resolve(text)), ["-f", "-", ...args], {
    stdout: (line) => out.push(line),
    stderr: (line) => err.push(line),
    env: (name) => name === "LANG" ? locale : undefined,
    isTerminal: locale !== undefined,
    hostname: "here",
    signal: new AbortController().signal,
  });
  return { code, out: out.join("\n"), err: err.join("\n") };
}

Deno.test("explain SERVICE shows every gate and every node", async () => {
  const { code, out } = await explain(["far"], EXPORTED_CLUSTER, "C.UTF-8");
  strictEqual(code, 1);
  strictEqual(
    out,
    `default/far: not satisfied: none of 3 nodes may hold 10.9.0.1; 1 of them: eth0: not on the address's subnet; to solve it: use addresses of the nodes' subnet, or name an interface in an L2Advertisement

Assignment
  ✓ class               type LoadBalancer, no class
  ✓ configuration       2 pools, 2 advertisements
  ✓ request             it is not being deleted
  ✓ family              IPv4
  ✓ address             none is asked for by name
  ✓ pool                asked for: far
  ✓ service-allocation  the pool is for this Service
  ✓ sharing             shares with nobody
  ✓ exhaustion          pool "far" has 1 of 4 IPv4 addresses in use
  ✓ quarantine          no other machine is seen to use it
  ✓ assignment          10.9.0.1 from pool "far"

Announcement of 10.9.0.1
  ✓ advertisement       "far"
  ✗ nodes               none of 3 nodes may hold 10.9.0.1; 1 of them: eth0: not on the address's subnet
                        to solve it: use addresses of the nodes' subnet, or name an interface in an L2Advertisement
                        –    n1  eth0: not on the address's subnet
                        –    n2  it has the label node.kubernetes.io/exclude-from-external-load-balancers
                        –    n3  no speaker runs there
  – owner
  – answers

Not in the files: Event, IPAddressPool, L2Advertisement, Namespace`,
  );
});

Deno.test("explain SERVICE uses plain words where there is no terminal, or none with signs", async (t) => {
  const want =
    `default/fine: 192.168.0.200 from pool "lan", announced by n1 since 2026-01-02T00:00:00Z

Assignment
  ok   class               type LoadBalancer, no class
  ok   configuration       2 pools, 2 advertisements
  ok   request             it is not being deleted
  ok   family              IPv4
  ok   address             none is asked for by name
  ok   pool                to be tried, in this order: lan
  ok   service-allocation  no pool is kept for others
  ok   sharing             shares with nobody
  ok   exhaustion          pool "lan" has 2 of 3 IPv4 addresses in use
  ok   quarantine          no other machine is seen to use it
  ok   assignment          192.168.0.200 from pool "lan"

Announcement of 192.168.0.200
  ok   advertisement       "lan"
  ok   nodes               1 of 3 nodes may hold 192.168.0.200
                           ok    1.  n1  announces it
                           -         n2  it has the label node.kubernetes.io/exclude-from-external-load-balancers
                           -         n3  no speaker runs there
  ok   owner               n1 on eth0, since 2026-01-02T00:00:00Z
  ok   answers             n1, 02:00:00:00:00:01; no other machine is seen to answer

Not in the files: Event, IPAddressPool, L2Advertisement, Namespace`;
  for (const locale of [undefined, "C"]) {
    await t.step(locale ?? "no terminal", async () => {
      const { code, out } = await explain(["-n", "default", "fine"], EXPORTED_CLUSTER, locale);
      strictEqual(out, want);
      strictEqual(code, 0);
    });
  }
});

Deno.test("explain without SERVICE lists those that are not satisfied", async () => {
  const { code, out } = await explain([]);
  strictEqual(code, 1);
  deepStrictEqual(out.split("\n").map((line) => line.slice(0, 52)), [
    "SERVICE          GATE        WHY",
    "default/far      nodes       none of 3 nodes may hol",
    'default/pool     pool        unknown pool "foo"; to ',
    "default/taken    sharing     can't change sharing ke",
    'default/waiting  assignment  192.168.0.201 of pool "',
    "",
    "5 Services of type LoadBalancer, 4 not satisfied",
    "",
    "Not in the files: Event, IPAddressPool, L2Advertisem",
  ]);
  strictEqual(
    (await explain(["-n", "shop"])).out.split("\n")[0],
    "0 Services of type LoadBalancer: nothing is wrong with any",
  );
});

Deno.test("explain -o json has the gates of one, the Services of many", async () => {
  const one: VerdictJson = JSON.parse((await explain(["pool", "-ojson"])).out);
  deepStrictEqual([one.service, one.satisfied, one.failsAt], ["default/pool", false, "pool"]);
  deepStrictEqual(one.gates[5], {
    gate: "pool",
    result: "fail",
    found: 'unknown pool "foo"',
    cure: "create the pool, or request one of these: far, lan",
    reason: "UnknownPool",
  });
  const fine: VerdictJson = JSON.parse((await explain(["fine", "-ojson"])).out);
  deepStrictEqual(
    fine.addresses[0]?.nodes?.map(({ node, rank, reason }) => rank ?? `${node} ${reason}`),
    [
      1,
      "n2 excluded-by-label",
      "n3 no-speaker",
    ],
  );
  const many: VerdictListJson = JSON.parse((await explain(["-ojson"])).out);
  deepStrictEqual(
    [many.services.map(({ failsAt }) => failsAt), many.checked],
    [["nodes", "pool", "sharing", "assignment"], 5],
  );
  strictEqual(many.services[0]?.addresses[0]?.nodes, undefined);
});

Deno.test("explain says in one line what it cannot do, exit code 2", async (t) => {
  const rows: readonly (readonly [string, readonly string[], RegExp, string?])[] = [
    ["two Services", ["a", "b"], /Unexpected argument "b": explain takes one SERVICE at most$/],
    ["too many parts", ["a/b/c"], /SERVICE "a\/b\/c": want NAME or NAMESPACE\/NAME$/],
    ["two namespaces", ["-n", "a", "b/c"], /SERVICE "b\/c" is not in namespace "a" of -n$/],
    ["misspelt", ["default/fin"], /is not there: did you mean "default\/fine"\?$/],
    [
      "elsewhere",
      ["-n", "shop", "fine"],
      /"shop\/fine" is not there: did you mean "default\/fine"\?$/,
    ],
    ["nothing like it", ["xyzzy"], /Service "default\/xyzzy" is not there$/],
    ["no Services", ["a"], /Cannot find any Service in the files$/, "{}"],
    ["no YAML", ["a"], /stdin:1:\d+: Cannot read YAML/, "a: ]"],
  ];
  for (const [name, args, message, text] of rows) {
    await t.step(name, async () => {
      const { code, out, err } = await explain(args, text);
      match(err, message);
      deepStrictEqual([code, out, err.includes("\n")], [2, "", false]);
    });
  }
});
