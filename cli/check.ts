import { assembleParsed, compareProblem, formatPlace, type Problem } from "../config/mod.ts";
import { count } from "../explain/mod.ts";
import { type Command, runCommand } from "./command.ts";
import { checkService } from "./check_service.ts";
import { type CommandSpec, NAMESPACE_NAME } from "./flags.ts";
import { type Io, UsageError } from "./io.ts";
import { type Manifest, readManifest } from "./manifest.ts";
import { readFileOrStdin, readOrFail, type ReadText } from "./text_file.ts";

const SPEC: CommandSpec = {
  name: "check",
  summary:
    "Check configuration files: everything wrong with them, as file:line:column. Exit code 0 without " +
    "errors,\n1 with errors, 2 when a file cannot be read. All files together are one configuration.",
  positionals: "FILE…",
  flags: [{
    name: "namespace",
    value: "NAME",
    text: "Where the ConfigMap and the custom resources count",
    env: "LANLORD_NAMESPACE",
    fallback: "metallb-system",
    form: NAMESPACE_NAME,
  }],
  examples: [
    ["lanlord check config.yaml", "a ConfigMap, its value alone, or custom resources"],
    [
      "lanlord check pools.yaml services.yaml",
      "Services too: do the pools have what they ask for?",
    ],
    [
      "kubectl get configmap,ipaddresspool,l2advertisement -n metallb-system -o yaml | lanlord check -",
      "what a cluster has",
    ],
  ],
};

/** `lanlord check FILE…`: says what is wrong with configuration files, and where. */
export const CHECK: Command = checkCommand(readFileOrStdin);

/** The command on any source of texts. */
export function checkCommand(readText: ReadText): Command {
  return {
    spec: SPEC,
    run: (flags, io) => {
      const namespace = flags.get("namespace") ?? "metallb-system";
      return checkFiles(flags.positionals, { namespace, readText }, io);
    },
  };
}

/** Runs the command on its arguments. @returns the exit code: 0, 1 or 2 */
export function check(args: readonly string[], io: Io, readText: ReadText): Promise<number> {
  return runCommand(checkCommand(readText), args, io);
}

async function checkFiles(
  files: readonly string[],
  { namespace, readText }: { readonly namespace: string; readonly readText: ReadText },
  io: Io,
): Promise<number> {
  if (files.length === 0) throw new UsageError("Need a FILE to check, or - for standard input");
  const manifests: Manifest[] = [];
  for (const file of files) {
    const text = await readOrFail(readText, file);
    manifests.push(readManifest(file === "-" ? "stdin" : file, text, namespace));
  }
  const problems = findProblems(manifests);
  for (const problem of problems) {
    io.stdout(`${formatPlace(problem)}: ${problem.severity}: ${problem.message}`);
  }
  io.stdout(sumUp(manifests, problems));
  return problems.some(({ severity }) => severity === "error") ? 1 : 0;
}

function findProblems(manifests: readonly Manifest[]): readonly Problem[] {
  const assembled = assembleParsed(manifests.flatMap(({ parts }) => parts));
  const services = manifests.flatMap(({ services }) => services);
  return [
    ...manifests.flatMap(({ problems }) => problems),
    ...assembled.problems,
    ...services.flatMap((service) => checkService(service, assembled.config)),
  ].toSorted(compareProblem);
}

function sumUp(manifests: readonly Manifest[], problems: readonly Problem[]): string {
  const errors = problems.filter(({ severity }) => severity === "error").length;
  const read = manifests.reduce((sum, { readCount }) => sum + readCount, 0);
  const skipped = manifests.reduce((sum, { skippedCount }) => sum + skippedCount, 0);
  const counts = [
    `${count(read, "object")} checked`,
    ...skipped > 0 ? [`${count(skipped, "object")} of other kinds skipped`] : [],
    count(errors, "error"),
    count(problems.length - errors, "warning"),
  ];
  return counts.join(", ");
}
