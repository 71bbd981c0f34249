import { formatPlace, type Problem } from "../config/mod.ts";
import {
  type Difference,
  differenceOf,
  disturbs,
  overlay,
  type UnreadKind,
} from "../explain/mod.ts";
import { readFrom } from "./cluster_read.ts";
import type { Command, FlagValues } from "./command.ts";
import type { CommandSpec } from "./flags.ts";
import { INSPECTION_FLAGS, refuseBlind } from "./inspection.ts";
import { unreadLines } from "./explain_text.ts";
import { type Io, UsageError } from "./io.ts";
import { readConfiguration } from "./plan_configuration.ts";
import { differenceJson, differenceText } from "./plan_text.ts";
import { roleOptions } from "./role.ts";
import { readFileOrStdin, type ReadText } from "./text_file.ts";

const SPEC: CommandSpec = {
  name: "plan",
  summary:
    "Say what another configuration would do to a cluster: which Services would get, keep, lose or change\n" +
    "their address, and which nodes would announce it. Changes nothing. Exit code 0 when nothing changes for\n" +
    "addresses in use, 1 when something does or the configuration would not come into force, 2 when it has\n" +
    "errors or the cluster cannot be read.",
  flags: [
    {
      name: "file",
      short: "f",
      value: "FILE",
      text:
        "The whole new configuration: ConfigMap, its value alone, or custom resources; may repeat",
      repeats: true,
    },
    {
      name: "keep-others",
      text: "What the files do not have stays, as with kubectl apply; else it goes",
    },
    {
      name: "cluster",
      value: "FILE",
      text: "Read exported objects, YAML or JSON, and no cluster; may repeat",
      repeats: true,
    },
    ...INSPECTION_FLAGS.filter(({ name }) => name !== "file"),
    {
      name: "output",
      short: "o",
      value: "FORMAT",
      text: "Changes only, all Services, or all for a script",
      choices: ["table", "wide", "json"],
      fallback: "table",
    },
  ],
  examples: [
    ["lanlord plan -f pools.yaml", "before it is applied to the cluster of the kubeconfig"],
    [
      "lanlord plan -f pools.yaml --cluster cluster.yaml -o json",
      "for a script, on an export of the cluster",
    ],
  ],
};

/** `lanlord plan -f FILE…`: what another configuration would do. */
export const PLAN: Command = planCommand(readFileOrStdin);

/** The command on any source of texts. */
export function planCommand(readText: ReadText): Command {
  return {
    spec: SPEC,
    run: async (flags, io) => {
      const files = flags.all("file");
      if (files.length === 0) throw new UsageError("Need a new configuration: -f FILE");
      const { lbClass, ...place } = roleOptions(flags);
      const read = await readConfiguration(files, place, readText);
      if (read.kind === "faulty") return tellFaults(read.problems, io);
      const choice = { files: flags.all("cluster"), kubeconfig: flags.get("kubeconfig") };
      const cluster = await readFrom(choice, place, { io, readText });
      refuseBlind(cluster);
      const next = flags.has("keep-others") ? overlay(cluster.config, read.input) : read.input;
      const outcome = differenceOf(cluster, next, {
        lbClass: lbClass || undefined,
        onCordon: flags.get("on-cordon") === "release" ? "release" : "keep",
      });
      if (outcome.kind === "invalid") return tellFaults(outcome.problems, io);
      return tell(outcome.difference, cluster.unread, { flags, io });
    },
  };
}

function tell(
  difference: Difference,
  unread: readonly UnreadKind[],
  { flags, io }: { readonly flags: FlagValues; readonly io: Io },
): number {
  const format = flags.get("output");
  if (format === "json") io.stdout(differenceJson(difference));
  else {
    const extent = format === "wide" ? "all" : "changes";
    differenceText(difference, extent).forEach((line) => io.stdout(line));
  }
  for (const line of unreadLines(unread.filter(({ why }) => why === "forbidden"))) io.stderr(line);
  if (!difference.areNodesKnown) {
    io.stderr(
      "Who announces is not known: Nodes, or the Leases of the speakers, could not be read",
    );
  }
  return disturbs(difference) ? 1 : 0;
}

function tellFaults(problems: readonly Problem[], io: Io): number {
  for (const problem of problems) {
    io.stderr(`${formatPlace(problem)}: ${problem.severity}: ${problem.message}`);
  }
  return 2;
}
