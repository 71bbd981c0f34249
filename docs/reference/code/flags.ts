import type { CommandSpec, Flag } from "../../../cli/flags.ts";
import { code, GENERATED, table } from "./markdown.ts";

/** The page of all commands and their flags, as Markdown, not yet formatted. */
export function flagsPage(specs: readonly CommandSpec[]): string {
  return [
    GENERATED,
    "# Flags and environment",
    "`lanlord COMMAND --help` says the same. Every flag is `--flag value` or `--flag=value`; one beats " +
    "its environment variable, and an empty variable is none. A flag or value that is not known is " +
    "refused with exit code 2. [What some of them do](../reference.md#leader-and-speaker).",
    specs.map(({ name }) => `- [lanlord ${name}](#lanlord-${name})`).join("\n") +
    "\n- [Environment](#environment)",
    ...specs.flatMap(sectionOf),
    "## Environment",
    table([["variable", "stands for", "of"], ...environmentRows(specs)]),
    "Besides: `KUBECONFIG`, and in a pod what Kubernetes sets, say how to reach the cluster; `NO_COLOR` " +
    "and `FORCE_COLOR` whether the demo has colours; `KUBEBUILDER_ASSETS` where its real API server is.",
  ].join("\n\n");
}

function sectionOf({ name, summary, positionals, flags }: CommandSpec): readonly string[] {
  const usage = `lanlord ${name} [flags]${positionals === undefined ? "" : ` ${positionals}`}`;
  return [
    `## lanlord ${name}`,
    "```text\n" + usage + "\n```",
    summary.replaceAll("\n", " "),
    table([["flag", "environment", "default", ""], ...flags.map(flagRow)]),
  ];
}

function flagRow(flag: Flag): readonly string[] {
  const { name, short, value, text, env, fallback, choices } = flag;
  const written = `--${name}${value === undefined ? "" : ` ${value}`}`;
  const values = choices === undefined ? "" : `: ${choices.map(code).join(", ")}`;
  return [
    short === undefined ? code(written) : `${code(`-${short}`)}, ${code(written)}`,
    code(env),
    code(fallback),
    `${text}${values}`,
  ];
}

function environmentRows(specs: readonly CommandSpec[]): readonly (readonly string[])[] {
  const uses = specs.flatMap(({ name, flags }) =>
    flags.flatMap((flag) => flag.env === undefined ? [] : [{ env: flag.env, flag, name }])
  );
  return [...Map.groupBy(uses, ({ env }) => env)].map(([env, all]) => [
    code(env),
    [...new Set(all.map(({ flag }) => code(`--${flag.name}`)))].join(", "),
    all.map(({ name }) => code(name)).join(", "),
  ]);
}
