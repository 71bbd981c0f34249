import assert from "node:assert/strict";
import { COMMANDS } from "./commands.ts";
import { PERMISSIONS, permissionsOf } from "./permissions.ts";

interface Row {
  readonly command: string;
  readonly environment?: Readonly<Record<string, string>>;
  readonly want: string;
}

const rows: readonly Row[] = [
  { command: "demo", want: "read write net env sys run ffi import" },
  { command: "check", want: "read env" },
  { command: "convert", want: "read env" },
  { command: "explain", want: "read net env run" },
  { command: "status", want: "read net env run" },
  { command: "plan", want: "read net env run" },
  { command: "leader", want: "read net env" },
  {
    command: "leader",
    environment: { NOTIFY_SOCKET: "/run/systemd/notify" },
    want: "read net env ffi",
  },
  { command: "speaker", want: "read write net env ffi" },
  { command: "version", want: "run" },
  { command: "--help", want: "" },
  { command: "nonsense", want: "" },
  { command: "constructor", want: "" },
];

Deno.test("permissionsOf()", async (t) => {
  for (const { command, environment = {}, want } of rows) {
    await t.step(`${command} ${Object.keys(environment)}`, () => {
      assert.equal(permissionsOf(command, (name) => environment[name]).join(" "), want);
    });
  }
});

Deno.test("every command says what it keeps", () => {
  for (const { name } of COMMANDS) {
    assert.notDeepEqual(permissionsOf(name, () => undefined), [], name);
  }
  assert.equal(new Set(PERMISSIONS).size, PERMISSIONS.length);
});

Deno.test("docs/program.md says what each command keeps", async () => {
  const page = await Deno.readTextFile(new URL("../docs/program.md", import.meta.url));
  const [, section = ""] = page.split("\n## What each command may do\n");
  const said = [...section.matchAll(/^\| `([a-z]+)` +\| (`.*`) +\|$/gm)]
    .map(([, command, kinds = ""]) => `${command}: ${kinds.replaceAll("`", "")}`);
  const kept = COMMANDS.map(({ name }) =>
    `${name}: ${permissionsOf(name, () => undefined).join(" ")}`
  );
  assert.deepEqual(said, kept);
});
