import { nearestWord } from "../config/mod.ts";

/** One option of a command. */
export interface Flag {
  /** Without the dashes: `log-level`. */
  readonly name: string;
  /** One letter that stands for the name: `n` for `-n NAME`, `-nNAME`. */
  readonly short?: string;
  /** What stands for the value in the help, `LEVEL`; absent for a switch. */
  readonly value?: string;
  readonly text: string;
  /** Environment variable that is read where the flag is absent; empty counts as not set. */
  readonly env?: string;
  readonly fallback?: string;
  /** It may be given several times. */
  readonly repeats?: true;
  /** The values that are accepted; absent: any. */
  readonly choices?: readonly string[];
  /** The values that are accepted, where they cannot be listed. */
  readonly form?: ValueForm;
}

/** A form that values must have. */
export interface ValueForm {
  readonly pattern: RegExp;
  /** What the pattern accepts, for people; follows "want". */
  readonly text: string;
}

/** The name of a namespace: a DNS label (RFC 1123). */
export const NAMESPACE_NAME: ValueForm = {
  pattern: /^(?!.{64})[a-z0-9]([-a-z0-9]*[a-z0-9])?$/,
  text: 'the name of a namespace: at most 63 lower-case letters, digits and "-"',
};

/** The name of most other objects: a DNS subdomain (RFC 1123). */
export const OBJECT_NAME: ValueForm = {
  pattern: /^(?!.{254})[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$/,
  text: 'the name of an object: at most 253 lower-case letters, digits, "-" and "."',
};

/** A command as its help shows it. */
export interface CommandSpec {
  readonly name: string;
  readonly summary: string;
  /** Names of the positional arguments, `FILE…`; absent: none are taken. */
  readonly positionals?: string;
  readonly flags: readonly Flag[];
  /** Command lines, with what each does. */
  readonly examples: readonly (readonly [line: string, text: string])[];
}

/** What a command line says. */
export type ParsedFlags =
  | { readonly kind: "help" }
  | { readonly kind: "fault"; readonly message: string }
  | {
    readonly kind: "values";
    /** The value of a flag, from the line, the environment or the default; the last one of several. */
    readonly get: (name: string) => string | undefined;
    /** All values of a flag that repeats, in order. */
    readonly all: (name: string) => readonly string[];
    readonly has: (name: string) => boolean;
    readonly positionals: readonly string[];
  };

const HELP: Flag = { name: "help", text: "Show this help" };

/**
 * Reads a command line: `--name value`, `--name=value`, `-n value`, `-nvalue`, switches, `--` before positionals.
 * A flag that is not known is a fault that names the nearest one.
 */
export function parseFlags(
  spec: CommandSpec,
  args: readonly string[],
  env: (name: string) => string | undefined,
): ParsedFlags {
  const given = new Map<string, readonly string[]>();
  const positionals: string[] = [];
  for (let i = 0; i < args.length; i++) {
    const arg = args[i] ?? "";
    if (arg === "--") {
      positionals.push(...args.slice(i + 1));
      break;
    }
    if (arg === "-h" || arg === "--help") return { kind: "help" };
    if (!arg.startsWith("-") || arg === "-") {
      positionals.push(arg);
      continue;
    }
    const read = readFlag(spec, arg, args[i + 1]);
    if ("message" in read) return { kind: "fault", message: read.message };
    given.set(read.name, [...given.get(read.name) ?? [], read.value]);
    if (read.tookNext) i++;
  }
  if (spec.positionals === undefined && positionals.length > 0) {
    return {
      kind: "fault",
      message: `Unexpected argument "${positionals[0]}": ${spec.name} takes flags only`,
    };
  }
  const lookUp = (flag: Flag): readonly string[] => {
    const value = (flag.env && env(flag.env)) || flag.fallback;
    return given.get(flag.name) ?? (value === undefined ? [] : [value]);
  };
  for (const flag of spec.flags) {
    const origin = given.has(flag.name) || flag.env === undefined ? `--${flag.name}` : flag.env;
    const message = faultIn(flag, lookUp(flag));
    if (message !== undefined) return { kind: "fault", message: `${origin} ${message}` };
  }
  const values = new Map(spec.flags.map((flag) => [flag.name, lookUp(flag)]));
  return {
    kind: "values",
    get: (name) => values.get(name)?.at(-1),
    all: (name) => values.get(name) ?? [],
    has: (name) => values.get(name)?.at(-1) !== undefined,
    positionals,
  };
}

/** The text of `--help`. */
export function helpText(spec: CommandSpec): string {
  const flags = [...spec.flags, HELP];
  const margin = flags.some(({ short }) => short !== undefined) ? "    " : "";
  const left = flags.map(({ name, short, value }) =>
    `${short === undefined ? margin : `-${short}, `}--${name}${
      value === undefined ? "" : ` ${value}`
    }`
  );
  const width = Math.max(...left.map((text) => text.length));
  const rows = flags.map((flag, i) =>
    `  ${(left[i] ?? "").padEnd(width)}  ${flag.text}${origin(flag)}`
  );
  const usage = `lanlord ${spec.name} [flags]${
    spec.positionals === undefined ? "" : ` ${spec.positionals}`
  }`;
  const examples = spec.examples.flatMap(([line, text]) => [`  # ${text}`, `  ${line}`]);
  return [spec.summary, "", `Usage: ${usage}`, "", "Flags:", ...rows, "", "Examples:", ...examples]
    .join("\n");
}

/** The first value that is not accepted, and what is. */
function faultIn(flag: Flag, values: readonly string[]): string | undefined {
  for (const value of values) {
    const wanted = wantedInstead(flag, value);
    if (wanted !== undefined) return `"${value}": want ${wanted}`;
  }
  return undefined;
}

/** What is accepted, where the value is not. */
function wantedInstead({ choices, form }: Flag, value: string): string | undefined {
  if (choices !== undefined && !choices.includes(value)) return alternatives(choices);
  return form === undefined || form.pattern.test(value) ? undefined : form.text;
}

type ReadFlag =
  | { readonly message: string }
  | { readonly name: string; readonly value: string; readonly tookNext: boolean };

function readFlag(spec: CommandSpec, arg: string, next: string | undefined): ReadFlag {
  const { flag, written, value } = splitFlag(spec, arg);
  if (flag === undefined) {
    const known = [...spec.flags, HELP].map((candidate) => candidate.name);
    const guess = nearestWord(written.replace(/^-+/, ""), known);
    const hint = guess === undefined
      ? `lanlord ${spec.name} --help lists them`
      : `did you mean --${guess}?`;
    return { message: `Unknown flag "${written}": ${hint}` };
  }
  if (flag.value === undefined) {
    if (value === undefined) return { name: flag.name, value: "true", tookNext: false };
    return { message: `--${flag.name} takes no value, found "${value}"` };
  }
  if (value !== undefined) return { name: flag.name, value, tookNext: false };
  if (next === undefined) return { message: `--${flag.name} needs a value: ${flag.value}` };
  return { name: flag.name, value: next, tookNext: true };
}

/** The flag that an argument begins with, as it was written there, and the value that follows in the same. */
function splitFlag(
  { flags }: CommandSpec,
  arg: string,
): {
  readonly flag: Flag | undefined;
  readonly written: string;
  readonly value: string | undefined;
} {
  const short = arg.startsWith("--") ? undefined : flags.find((each) => each.short === arg[1]);
  if (short !== undefined) {
    const value = arg.slice(2).replace(/^=/, "");
    return { flag: short, written: arg.slice(0, 2), value: value === "" ? undefined : value };
  }
  const equals = arg.indexOf("=");
  const written = equals < 0 ? arg : arg.slice(0, equals);
  const flag = flags.find(({ name }) => `--${name}` === written);
  return { flag, written, value: equals < 0 ? undefined : arg.slice(equals + 1) };
}

function origin(flag: Flag): string {
  const parts = [
    flag.choices === undefined ? "" : alternatives(flag.choices),
    flag.env === undefined ? "" : `or ${flag.env}`,
    flag.fallback === undefined ? "" : `default "${flag.fallback}"`,
  ].filter((part) => part !== "");
  return parts.length === 0 ? "" : ` (${parts.join("; ")})`;
}

function alternatives(choices: readonly string[]): string {
  const quoted = choices.map((choice) => `"${choice}"`);
  return quoted.length < 2
    ? quoted.join("")
    : `${quoted.slice(0, -1).join(", ")} or ${quoted.at(-1)}`;
}
