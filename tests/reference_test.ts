import { deepStrictEqual, ok } from "node:assert/strict";
import { CONVERT } from "../cli/convert.ts";
import { EXPLAIN } from "../cli/explain.ts";
import { LEADER } from "../cli/leader.ts";
import { PLAN } from "../cli/plan.ts";
import { SPEAKER } from "../cli/speaker.ts";
import { STATUS } from "../cli/status.ts";
import { GATES } from "../controller/gate.ts";
import { ANNOUNCEMENT_GATES } from "../explain/gate.ts";

const PAGE = await Deno.readTextFile(new URL("../docs/reference.md", import.meta.url));

Deno.test("docs/reference.md names every flag of its commands, and no other", () => {
  const commands = [LEADER, SPEAKER, EXPLAIN, STATUS, CONVERT, PLAN];
  const flags = new Set(commands.flatMap(({ spec }) => spec.flags).map(({ name }) => name));
  for (const name of flags) ok(PAGE.includes(`\`--${name}`), `--${name} is not on the page`);
  for (const [, name = ""] of PAGE.matchAll(/`--([a-z0-9-]+)/g)) {
    ok(flags.has(name), `--${name} is no flag`);
  }
});

Deno.test("docs/reference.md has a row for each gate, in order", () => {
  const section = PAGE.slice(PAGE.indexOf("### The gates"), PAGE.indexOf("### As JSON"));
  const rows = [...section.matchAll(/^\| `([a-z-]+)`/gm)].map(([, gate]) => gate);
  deepStrictEqual(rows, [...GATES, "assignment", ...ANNOUNCEMENT_GATES]);
});

Deno.test("docs/reference.md names every metric, and no other", async () => {
  const roles = [
    "controller/metrics.ts",
    "speaker/told/metrics.ts",
    "speaker/wire/frame_metrics.ts",
    "speaker/respond/respond_metrics.ts",
    "speaker/kernel/host_watch.ts",
  ];
  const files = [...roles, "ops/metrics.ts", "ops/client_metrics.ts", "kube/event_metrics.ts"];
  const sources = await Promise.all(
    files.map((file) => Deno.readTextFile(new URL(`../${file}`, import.meta.url))),
  );
  const named = /(?:metallb|lanlord)_[a-z0-9_]+/g;
  const registered = new Set(
    sources.flatMap((text) => [...text.matchAll(named)].map(([name]) => name)),
  );
  const described = new Set([...PAGE.matchAll(named)].map(([name]) => name));
  ok(registered.size > 20, `Only ${registered.size} metrics were found in ${files.join(", ")}`);
  for (const name of registered) ok(described.has(name), `${name} is not on the page`);
  for (const name of described) ok(registered.has(name), `${name} is no metric`);
});
