import { deepEqual, equal, ok } from "node:assert/strict";
import { parse } from "yaml";
import { fileURLToPath } from "node:url";
import { registeredMetrics } from "../docs/reference/code/metrics.ts";
import { testWith } from "./needs.ts";

/** What Prometheus and Grafana are given. */
const FOLDER = fileURLToPath(new URL("../deploy/monitoring/", import.meta.url));

testWith(["promtool"], "each alert fires when it should, and not otherwise", async () => {
  equal(await promtool(["test", "rules", "rules_test.yaml"]), "");
});

testWith(["promtool"], "Prometheus understands what the dashboard asks", async () => {
  const rules = (await dashboardQuestions()).map((expr, i) => ({ record: `q${i}`, expr }));
  ok(rules.length > 20, `${rules.length} questions`);
  const file = await Deno.makeTempFile({ suffix: ".json" });
  try {
    await Deno.writeTextFile(file, JSON.stringify({ groups: [{ name: "dashboard", rules }] }));
    equal(await promtool(["check", "rules", file]), "");
  } finally {
    await Deno.remove(file);
  }
});

Deno.test("every alert has a test in which it fires and one in which it does not", async () => {
  const alerts = (await read("rules.yaml")).groups.flatMap(({ rules }) =>
    rules.map(({ alert }) => alert)
  );
  const tests = (await read("rules_test.yaml")).tests.flatMap((each) => each.alert_rule_test);
  const fired = tests.filter(({ exp_alerts }) => exp_alerts !== undefined);
  const silent = tests.filter(({ exp_alerts }) => exp_alerts === undefined);
  for (const found of [fired, silent]) {
    deepEqual(new Set(found.map(({ alertname }) => alertname)), new Set(alerts));
  }
});

Deno.test("alerts and dashboard ask for metrics that there are", async () => {
  const { leader, speaker } = registeredMetrics();
  const registered = new Set([...leader, ...speaker].map(({ name }) => name));
  const asked = metricsIn([
    ...(await dashboardQuestions()),
    ...(await read("rules.yaml")).groups.flatMap(({ rules }) => rules.map(({ expr }) => expr)),
  ].join("\n"));
  ok(asked.length > 20, `${asked.length} metrics`);
  for (const name of asked) ok(registered.has(name), `${name} is no metric`);
});

/** Names of metrics, without what a histogram adds to its own. */
function metricsIn(text: string): readonly string[] {
  return [...text.matchAll(/\b(?:metallb|lanlord)_[a-z0-9_]+/g)]
    .map(([name]) => name.replace(/_(bucket|count|sum)$/, ""));
}

/** The dashboard's expressions, with its variables filled in. */
async function dashboardQuestions(): Promise<readonly string[]> {
  const { panels } = await read("dashboard.json");
  return panels.flatMap(({ targets = [] }) => targets)
    .map(({ expr }) => expr.replaceAll(/\$__(rate_interval|range)\b/g, "5m"));
}

interface Files {
  readonly "rules.yaml": {
    readonly groups: readonly {
      readonly rules: readonly { readonly alert: string; readonly expr: string }[];
    }[];
  };
  readonly "rules_test.yaml": {
    readonly tests: readonly {
      readonly alert_rule_test: readonly {
        readonly alertname: string;
        readonly exp_alerts?: readonly unknown[];
      }[];
    }[];
  };
  readonly "dashboard.json": {
    readonly panels: readonly { readonly targets?: readonly { readonly expr: string }[] }[];
  };
}

async function read<Name extends keyof Files>(name: Name): Promise<Files[Name]> {
  return parse(await Deno.readTextFile(FOLDER + name), { merge: true });
}

/** @returns what is wrong; empty where nothing is */
async function promtool(args: readonly string[]): Promise<string> {
  const command = new Deno.Command("promtool", { args: [...args], cwd: FOLDER });
  const { success, stdout, stderr } = await command.output();
  const text = new TextDecoder();
  return success ? "" : text.decode(stdout) + text.decode(stderr);
}
