import { equal, ok } from "node:assert/strict";
import type { Command } from "../../cli/command.ts";
import { parseFlags } from "../../cli/flags.ts";
import { LEADER } from "../../cli/leader.ts";
import { SPEAKER } from "../../cli/speaker.ts";
import { Helm } from "../helm/helm.ts";
import { testWith } from "../needs.ts";
import { argumentsOf } from "./chart_objects.ts";

/** Half the time that helm takes. */
const WITHOUT_CRDS = ["--set", "crds.enabled=false"];

interface Row {
  readonly flag: string;
  readonly values: unknown;
  /** What the program reads of the arguments. */
  readonly want: string;
}

interface Role {
  readonly command: Command;
  /** Where its values are. */
  readonly key: "controller" | "speaker";
  /** What the pod itself says, and no value. */
  readonly given: readonly string[];
  readonly rows: readonly Row[];
}

const shared = (key: Role["key"]): readonly Row[] => [
  { flag: "config", values: { existingConfigMap: "lb" }, want: "lb" },
  { flag: "lb-class", values: { loadBalancerClass: "own.dev/lb" }, want: "own.dev/lb" },
  { flag: "http", values: { prometheus: { metricsPort: 9120 } }, want: ":9120" },
  { flag: "log-level", values: { [key]: { logLevel: "warn" } }, want: "warn" },
  { flag: "log-level", values: { [key]: { logLevel: "all" } }, want: "debug" },
  { flag: "log-level", values: { [key]: { logLevel: "none" } }, want: "error" },
  { flag: "kubeconfig", values: { [key]: { extraArgs: ["--kubeconfig=/own"] } }, want: "/own" },
];

const speakerRows: readonly Row[] = [
  { flag: "l2", values: { speaker: { l2: "respond" } }, want: "respond" },
  { flag: "on-stranger", values: { speaker: { onStranger: "ignore" } }, want: "ignore" },
  { flag: "on-cordon", values: { speaker: { onCordon: "release" } }, want: "release" },
  { flag: "release-on-exit", values: { speaker: { releaseOnExit: true } }, want: "true" },
  { flag: "beside-metallb", values: { speaker: { besideMetallb: true } }, want: "true" },
  { flag: "quarantine", values: { speaker: { quarantineSeconds: 0 } }, want: "0" },
  { flag: "state-dir", values: { speaker: { stateDir: "/var/lib/own" } }, want: "/var/lib/own" },
  { flag: "state-dir", values: { speaker: { stateDir: "" } }, want: "" },
  {
    flag: "exclude-interfaces",
    values: { speaker: { extraArgs: ["--exclude-interfaces=/own.yaml"] } },
    want: "/own.yaml",
  },
];

const roles: readonly Role[] = [
  {
    command: LEADER,
    key: "controller",
    given: ["namespace", "identity"],
    rows: shared("controller"),
  },
  {
    command: SPEAKER,
    key: "speaker",
    given: ["namespace", "node-name"],
    rows: [...shared("speaker"), ...speakerRows],
  },
];

for (const { command: { spec }, key, given, rows } of roles) {
  testWith(["helm"], `every flag of lanlord ${spec.name} can be set by values`, async (t) => {
    await using helm = new Helm();
    const settable = new Set([...given, ...rows.map(({ flag }) => flag)]);
    for (const { name } of spec.flags) ok(settable.has(name), `--${name} cannot be set`);
    for (const { flag, values, want } of rows) {
      await t.step(`--${flag} ${want}`, async () => {
        const [name, ...args] = argumentsOf(await helm.render(values, WITHOUT_CRDS), key);
        equal(name, spec.name);
        const env = (variable: string): string | undefined =>
          variable === "LANLORD_NODE_NAME" ? "n1" : undefined;
        const parsed = parseFlags(spec, args, env);
        ok(parsed.kind === "values", JSON.stringify(parsed));
        equal(parsed.get(flag), want);
      });
    }
  });
}
