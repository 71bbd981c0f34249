import { formatPlace } from "../config/mod.ts";
import {
  type Conversion,
  convert,
  type Converted,
  formatCommand,
  formatNote,
  type Found,
  readObjects,
  writeYaml,
} from "../convert/mod.ts";
import { count } from "../explain/mod.ts";
import type { Command, FlagValues } from "./command.ts";
import { type CommandSpec, NAMESPACE_NAME } from "./flags.ts";
import { type Io, UsageError } from "./io.ts";
import { readFileOrStdin, readOrFail, type ReadText } from "./text_file.ts";

const SPEC: CommandSpec = {
  name: "convert",
  summary:
    "Turn another load balancer's configuration into custom resources: MetalLB's ConfigMap, kube-vip, PureLB,\n" +
    "k3s ServiceLB. Reads exported objects and changes nothing; YAML goes to standard output, what to know to\n" +
    "standard error. With the Services among the objects, every address in use stays with its Service.\n" +
    "Exit code 0, 1 when something could not be carried over, 2 when there is nothing to convert or a file\n" +
    "cannot be read.",
  positionals: "FILE…",
  flags: [
    {
      name: "namespace",
      value: "NAME",
      text: "Where the new objects go; default: where the ConfigMap is, else metallb-system",
      form: NAMESPACE_NAME,
    },
    {
      name: "lb-class",
      value: "CLASS",
      text: "The class of Services to serve; default: that of most Services",
    },
    {
      name: "services",
      text: "Print the commands by which Services ask for what they have, in place of the objects",
    },
  ],
  examples: [
    ["lanlord convert config.yaml | kubectl apply -f -", "MetalLB's ConfigMap, or its value alone"],
    [
      "kubectl get services,configmaps,nodes -A -o yaml > cluster.yaml && lanlord convert cluster.yaml",
      "kube-vip or k3s, with the Services",
    ],
    [
      "kubectl get services,nodes,servicegroups,lbnodeagents -A -o yaml | lanlord convert -",
      "PureLB",
    ],
    [
      "lanlord convert --services cluster.yaml | sh",
      "let the Services ask for the addresses they have",
    ],
  ],
};

/** `lanlord convert FILE…` */
export const CONVERT: Command = convertCommand(readFileOrStdin);

/** The command on any source of texts. */
export function convertCommand(readText: ReadText): Command {
  return {
    spec: SPEC,
    run: async (flags, io) => {
      const files = flags.positionals;
      if (files.length === 0) {
        throw new UsageError("Need a FILE to convert, or - for standard input");
      }
      const found: Found[] = [];
      for (const file of files) {
        const text = await readOrFail(readText, file);
        found.push(readObjects(file === "-" ? "stdin" : file, text));
      }
      return tell(convertAll(found, flags), flags, io);
    },
  };
}

function convertAll(found: readonly Found[], flags: FlagValues): Conversion {
  const namespace = flags.get("namespace");
  const lbClass = flags.get("lb-class");
  return convert(found, { ...namespace && { namespace }, ...lbClass && { lbClass } });
}

function tell(conversion: Conversion, flags: FlagValues, io: Io): number {
  switch (conversion.kind) {
    case "unreadable":
      for (const problem of conversion.problems) {
        io.stderr(`${formatPlace(problem)}: ${problem.severity}: ${problem.message}`);
      }
      return 2;
    case "nothing":
      throw new UsageError(
        "Nothing to convert: need MetalLB's ConfigMap, objects of kube-vip or PureLB, or Services of " +
          "type LoadBalancer with addresses",
      );
    case "converted":
      if (flags.has("services")) conversion.requests.map(formatCommand).forEach(io.stdout);
      else if (conversion.objects.length > 0) io.stdout(writeYaml(conversion.objects).trimEnd());
      for (const line of explainOutcome(conversion, flags.has("services"))) io.stderr(line);
      return conversion.notes.some(({ kind }) => kind === "lost") ? 1 : 0;
    default:
      return conversion satisfies never;
  }
}

function explainOutcome(
  { objects, requests, notes, services, lbClass }: Converted,
  hasCommands: boolean,
): readonly string[] {
  const kinds = Map.groupBy(objects, ({ kind }) => String(kind));
  const made = [...kinds].map(([kind, all]) => count(all.length, kind));
  const kept = services.count === 0
    ? []
    : [`addresses kept by ${services.keptCount} of ${count(services.count, "Service")}`];
  return [
    ...notes.map(formatNote),
    ...requests.length === 0 || hasCommands
      ? []
      : [`Requests needed at ${count(requests.length, "Service")}: --services prints the commands`],
    ...lbClass === undefined
      ? []
      : [`The Services have a class: run leader and speakers with --lb-class ${lbClass}`],
    [...made, ...kept].join(", ") || "No objects",
  ];
}
