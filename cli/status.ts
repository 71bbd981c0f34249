import { overviewOf } from "../explain/mod.ts";
import type { Command } from "./command.ts";
import { inspect, INSPECTION_FLAGS } from "./inspection.ts";
import { overviewJson } from "./status_json.ts";
import { overviewText } from "./status_text.ts";
import { readFileOrStdin, type ReadText } from "./text_file.ts";

/** `lanlord status`: pools and their use, Services, who announces them. */
export const STATUS: Command = statusCommand(readFileOrStdin);

/** The command on any source of texts. */
export function statusCommand(readText: ReadText): Command {
  return {
    spec: {
      name: "status",
      summary:
        "Show pools and their use, Services and who announces them, nodes and the leader.\n" +
        "Exit code 0, or 2 when the cluster cannot be read.",
      flags: [
        ...INSPECTION_FLAGS,
        {
          name: "output",
          short: "o",
          value: "FORMAT",
          text: "How to print it",
          choices: ["table", "wide", "json"],
          fallback: "table",
        },
      ],
      examples: [
        ["lanlord status", "the cluster of the kubeconfig"],
        ["lanlord status -o wide", "with reasons, since when, and interfaces"],
        ["lanlord status -f cluster.yaml -o json", "an export, for a script"],
      ],
    },
    run: async (flags, io) => {
      const overview = overviewOf(await inspect(flags, { io, readText }));
      const format = flags.get("output");
      if (format === "json") {
        io.stdout(overviewJson(overview));
        return 0;
      }
      const width = format === "wide" ? "wide" : "narrow";
      for (const line of overviewText(overview, width)) io.stdout(line);
      return 0;
    },
  };
}
