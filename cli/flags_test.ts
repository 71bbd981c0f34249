import { deepStrictEqual, strictEqual } from "node:assert/strict";
import {
  type CommandSpec,
  helpText,
  NAMESPACE_NAME,
  OBJECT_NAME,
  parseFlags,
  type ValueForm,
} from "./flags.ts";

const SPEC: CommandSpec = {
  name: "speaker",
  summary: "Announce.",
  flags: [
    { name: "namespace", value: "NAME", text: "Where", env: "NS", fallback: "metallb-system" },
    {
      name: "log-level",
      value: "LEVEL",
      text: "How much",
      choices: ["debug", "info"],
      env: "LEVEL",
    },
    { name: "keep", text: "Leave it" },
  ],
  examples: [["lanlord speaker --keep", "keep it"]],
};

interface Row {
  readonly name: string;
  readonly args: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  /** The values of namespace, log-level and keep, or the fault. */
  readonly want: readonly (string | undefined)[] | string;
}

const ROWS: readonly Row[] = [
  { name: "defaults", args: [], want: ["metallb-system", undefined, undefined] },
  { name: "value after a blank", args: ["--namespace", "a"], want: ["a", undefined, undefined] },
  { name: "value after =", args: ["--namespace=a=b", "--keep"], want: ["a=b", undefined, "true"] },
  { name: "environment", args: [], env: { NS: "e" }, want: ["e", undefined, undefined] },
  {
    name: "flag beats environment",
    args: ["--namespace", "f"],
    env: { NS: "e" },
    want: ["f", undefined, undefined],
  },
  { name: "empty value", args: ["--namespace="], want: ["", undefined, undefined] },
  {
    name: "misspelt",
    args: ["--namepsace", "a"],
    want: 'Unknown flag "--namepsace": did you mean --namespace?',
  },
  { name: "one dash", args: ["-keep"], want: 'Unknown flag "-keep": did you mean --keep?' },
  {
    name: "unknown",
    args: ["--xyzzy"],
    want: 'Unknown flag "--xyzzy": lanlord speaker --help lists them',
  },
  { name: "no value", args: ["--namespace"], want: "--namespace needs a value: NAME" },
  { name: "value for a switch", args: ["--keep=no"], want: '--keep takes no value, found "no"' },
  {
    name: "bad choice",
    args: ["--log-level", "loud"],
    want: '--log-level "loud": want "debug" or "info"',
  },
  {
    name: "bad choice in the environment",
    args: [],
    env: { LEVEL: "x" },
    want: 'LEVEL "x": want "debug" or "info"',
  },
  {
    name: "empty in the environment: not set",
    args: [],
    env: { NS: "", LEVEL: "" },
    want: ["metallb-system", undefined, undefined],
  },
  {
    name: "positional",
    args: ["file"],
    want: 'Unexpected argument "file": speaker takes flags only',
  },
];

Deno.test("parseFlags() reads a command line or says what is wrong with it", async (t) => {
  for (const row of ROWS) {
    await t.step(row.name, () => {
      const parsed = parseFlags(SPEC, row.args, (name) => row.env?.[name]);
      const have = parsed.kind === "values"
        ? [parsed.get("namespace"), parsed.get("log-level"), parsed.get("keep")]
        : parsed.kind === "fault"
        ? parsed.message
        : "help";
      deepStrictEqual(have, row.want);
    });
  }
});

Deno.test("parseFlags() holds values against the form of names", async (t) => {
  const label = "a".repeat(63);
  const rows: readonly (readonly [ValueForm, string, boolean])[] = [
    [NAMESPACE_NAME, "metallb-system", true],
    [NAMESPACE_NAME, label, true],
    [NAMESPACE_NAME, `${label}a`, false],
    [NAMESPACE_NAME, "", false],
    [NAMESPACE_NAME, "Metallb", false],
    [NAMESPACE_NAME, "metallb_system", false],
    [NAMESPACE_NAME, "-a", false],
    [NAMESPACE_NAME, "a.b", false],
    [NAMESPACE_NAME, "a/b", false],
    [OBJECT_NAME, "a.b", true],
    [OBJECT_NAME, "a..b", false],
    [OBJECT_NAME, "a\n", false],
    [OBJECT_NAME, "a".repeat(254), false],
  ];
  for (const [form, value, isFine] of rows) {
    await t.step(
      `${form === OBJECT_NAME ? "object" : "namespace"} ${JSON.stringify(value)}`,
      () => {
        const flag = { name: "name", value: "NAME", text: "", env: "NAME", form };
        const spec = { name: "x", summary: "", flags: [flag], examples: [] };
        const parsed = parseFlags(spec, ["--name", value], () => undefined);
        deepStrictEqual(
          parsed.kind === "fault" ? parsed.message : "fine",
          isFine ? "fine" : `--name "${value}": want ${form.text}`,
        );
      },
    );
  }
});

Deno.test("parseFlags() takes letters for names, and several values", async (t) => {
  const spec: CommandSpec = {
    name: "x",
    summary: "",
    flags: [
      { name: "file", short: "f", value: "FILE", text: "", repeats: true },
      { name: "output", short: "o", value: "FORMAT", text: "", choices: ["json", "wide"] },
      { name: "quiet", short: "q", text: "" },
    ],
    examples: [],
  };
  const rows: readonly (readonly [readonly string[], string])[] = [
    [[], "[][]"],
    [["-f", "a", "-fb", "--file", "c", "-f=d"], "[a,b,c,d][]"],
    [["-o", "json", "-owide"], "[][wide]"],
    [["-f", "-"], "[-][]"],
    [["-o", "yaml"], '--output "yaml": want "json" or "wide"'],
    [["-o", "yaml", "-o", "json"], '--output "yaml": want "json" or "wide"'],
    [["-f"], "--file needs a value: FILE"],
    [["-qx"], '--quiet takes no value, found "x"'],
    [["-x"], 'Unknown flag "-x": lanlord x --help lists them'],
  ];
  for (const [args, want] of rows) {
    await t.step(args.join(" "), () => {
      const parsed = parseFlags(spec, args, () => undefined);
      const have = parsed.kind === "values"
        ? `[${parsed.all("file").join()}][${parsed.get("output") ?? ""}]`
        : parsed.kind === "fault"
        ? parsed.message
        : "help";
      strictEqual(have, want);
    });
  }
  const lines = helpText(spec).split("\n").filter((line) => /^ +-/.test(line));
  deepStrictEqual(lines.map((line) => line.trimEnd()), [
    "  -f, --file FILE",
    '  -o, --output FORMAT   ("json" or "wide")',
    "  -q, --quiet",
    "      --help           Show this help",
  ]);
});

Deno.test("parseFlags() takes everything behind -- as positional", () => {
  const parsed = parseFlags(
    { ...SPEC, positionals: "FILE…" },
    ["a", "-", "--", "--keep"],
    () => undefined,
  );
  deepStrictEqual(parsed.kind === "values" && parsed.positionals, ["a", "-", "--keep"]);
});

Deno.test("parseFlags() sees --help wherever it stands", () => {
  strictEqual(parseFlags(SPEC, ["--keep", "-h"], () => undefined).kind, "help");
});

Deno.test("helpText() lists flags with choices, environment and default, then examples", () => {
  strictEqual(
    helpText(SPEC),
    `Announce.

Usage: lanlord speaker [flags]

Flags:
  --namespace NAME   Where (or NS; default "metallb-system")
  --log-level LEVEL  How much ("debug" or "info"; or LEVEL)
  --keep             Leave it
  --help             Show this help

Examples:
  # keep it
  lanlord speaker --keep`,
  );
});
