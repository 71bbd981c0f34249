import assert from "node:assert/strict";
import { RULES } from "./architecture.ts";
import { kindOf, readSources, type Source } from "./source.ts";

Deno.test("the repository keeps the rules of its architecture", async (t) => {
  const sources = await readSources();
  assert.ok(sources.length > 50, `found ${sources.length} sources, which cannot be all`);
  assert.ok(sources.some(({ imports }) => imports.length > 0), "found no imports at all");
  for (const { name, check } of RULES) {
    await t.step(name, () => assert.deepEqual(check(sources), []));
  }
});

interface Sample {
  readonly rule: string;
  /** The files that break it: path, and either what it imports or its text. */
  readonly files: Readonly<Record<string, { imports?: readonly string[]; text?: string }>>;
  readonly want: readonly string[];
}

const samples: readonly Sample[] = [
  {
    rule: "folders import only what is further in",
    files: {
      "ip/address.ts": { imports: ["kube/types.ts"] },
      "controller/plan.ts": { imports: ["ip/address.ts", "speaker/ownership/rank.ts"] },
      "kube/types.ts": {},
    },
    want: [
      "ip/address.ts: imports kube/types.ts",
      "controller/plan.ts: imports speaker/ownership/rank.ts",
    ],
  },
  {
    rule: "pure files import pure files, each by its own name",
    files: {
      "speaker/plan.ts": { imports: ["config/mod.ts", "speaker/run.ts", "ip/address.ts"] },
      "config/mod.ts": {},
      "speaker/run.ts": {},
      "ip/address.ts": {},
    },
    want: ["speaker/plan.ts: imports config/mod.ts", "speaker/plan.ts: imports speaker/run.ts"],
  },
  {
    rule: "files with effects enter another folder by its mod.ts",
    files: {
      "speaker/run.ts": { imports: ["kube/mod.ts", "kube/client.ts"] },
      "kube/mod.ts": {},
      "kube/client.ts": {},
    },
    want: ["speaker/run.ts: imports kube/client.ts"],
  },
  {
    rule: "nothing but tests imports a test or testing.ts",
    files: {
      "netlink/route.ts": { imports: ["netlink/testing.ts"] },
      "netlink/route_test.ts": { imports: ["netlink/testing.ts"] },
    },
    want: ["netlink/route.ts: imports netlink/testing.ts"],
  },
  {
    rule: "imports have no cycles",
    files: {
      "ip/a.ts": { imports: ["ip/b.ts"] },
      "ip/b.ts": { imports: ["ip/c.ts"] },
      "ip/c.ts": { imports: ["ip/b.ts"] },
    },
    want: ["ip/b.ts -> ip/c.ts -> ip/b.ts"],
  },
  {
    rule: "Deno.dlopen stands in netlink/libc.ts alone",
    files: {
      "netlink/libc.ts": { text: "Deno.dlopen()" },
      "demo/lan.ts": { text: "// Deno.dlopen\n/* Deno.dlopen */ Deno.dlopen()" },
    },
    want: ["demo/lan.ts:2: Deno.dlopen"],
  },
  {
    rule: "arguments, environment and exit belong to main.ts and cli/",
    files: { "main.ts": { text: "Deno.args" }, "ops/log.ts": { text: '"//"; Deno.env.get()' } },
    want: ["ops/log.ts:1: Deno.env"],
  },
  {
    rule: "pure files have no clock and no chance",
    files: { "ip/mac.ts": { text: "new Date()" }, "kube/watch.ts": { text: "new Date()" } },
    want: ["ip/mac.ts:1: new Date()"],
  },
  {
    rule: "only ops/clock.ts reads the clock, only the rim draws random numbers",
    files: {
      "ops/clock.ts": { text: "Date.now()" },
      "kube/watch.ts": { text: "Math.random()" },
      "main.ts": { text: "Math.random()" },
    },
    want: ["kube/watch.ts:1: Math.random"],
  },
  {
    rule: "ops/prometheus.ts alone knows prom-client",
    files: {
      "ops/prometheus.ts": { text: 'import counter from "prom-client/lib/counter.js";' },
      "speaker/told/metrics.ts": { text: 'import { Counter } from "prom-client";' },
    },
    want: ['speaker/told/metrics.ts:1: from "prom-client'],
  },
  {
    rule: "the console belongs to the rim",
    files: { "cli/io.ts": { text: "console.log()" }, "kube/watch.ts": { text: "console.log()" } },
    want: ["kube/watch.ts:1: console."],
  },
  {
    rule: "no file has more than 400 lines",
    files: { "ip/a.ts": { text: "x\n".repeat(400) }, "ip/b.ts": { text: "x\n".repeat(401) } },
    want: ["ip/b.ts: 401 lines"],
  },
  {
    rule: "file names say what a file is about, in snake_case",
    files: {
      "ip/util.ts": {},
      "kube/watch_manager.ts": {},
      "ip/macAddress.ts": {},
      "ip/mac.ts": {},
    },
    want: ["ip/util.ts", "kube/watch_manager.ts", "ip/macAddress.ts"],
  },
];

Deno.test("each rule finds what breaks it", async (t) => {
  assert.deepEqual(samples.map(({ rule }) => rule), RULES.map(({ name }) => name));
  for (const { rule, files, want } of samples) {
    await t.step(rule, () => {
      const sources: readonly Source[] = Object.entries(files).map(([path, file]) => ({
        path,
        kind: kindOf(path),
        text: file.text ?? "",
        imports: file.imports ?? [],
      }));
      const check = RULES.find(({ name }) => name === rule)?.check;
      assert.deepEqual(check?.(sources), want);
    });
  }
});
