import assert from "node:assert/strict";
import { permissionsOf } from "../../cli/permissions.ts";
import { isFile } from "../../demo/control_plane/assets.ts";
import { run } from "../command.ts";
import { testWith } from "../needs.ts";
import { ROOT } from "../source.ts";
import { compiledLanlord } from "./given.ts";

interface Row {
  readonly args: readonly string[];
  /** Whether the program that the kubeconfig names is run. */
  readonly isRun: boolean;
  readonly says: RegExp;
}

/** All are told to reach a cluster that is not there, with a token that a program prints. */
const rows: readonly Row[] = [
  { args: ["status"], isRun: true, says: /Cannot reach the API server/ },
  {
    args: ["leader", "--http", "off"],
    isRun: false,
    says: /^lanlord leader: .*no programs are run here/,
  },
];

testWith(["compiled"], "the compiled leader may run no program, status may", async (t) => {
  const program = await compiledLanlord();
  for (const { args, isRun, says } of rows) {
    await t.step(args.join(" "), async () => {
      const folder = await Deno.makeTempDir({ prefix: "lanlord-plugin-" });
      try {
        await writePlugin(folder);
        const words = [program, ...args, "--kubeconfig", `${folder}/kubeconfig`];
        assert.match(await firstMatch(words, says), says);
        assert.equal(isFile(`${folder}/ran`), isRun);
      } finally {
        await Deno.remove(folder, { recursive: true });
      }
    });
  }
});

testWith(["netns"], "from source each command works with what it keeps, and no more", async (t) => {
  const objects = `${ROOT}tests/api/metallb_objects.yaml`;
  const commands = [
    ["check", objects],
    ["convert", "--help"],
    ["explain", "-f", objects],
    ["status", "-f", objects],
    ["plan", "-f", objects, "--cluster", objects],
    ["leader"],
    ["speaker", "--node-name", "n1"],
  ];
  for (const args of commands) {
    await t.step(args[0] ?? "", async () => {
      const kept = permissionsOf(args[0] ?? "", () => undefined).map((kind) => `--allow-${kind}`);
      // main.ts itself asks for the machine's name, and gives that up.
      const flags = ["--no-prompt", "--allow-sys=hostname", ...kept];
      const [bounded, free] = await Promise.all(
        [flags, ["-A"]].map((words) =>
          run([Deno.execPath(), "run", "--no-check", ...words, `${ROOT}main.ts`, ...args])
        ),
      );
      assert.deepEqual(bounded, free);
    });
  }
});

/** A kubeconfig with a program that leaves a file behind when it is run. */
async function writePlugin(folder: string): Promise<void> {
  const version = "client.authentication.k8s.io/v1";
  const credential = { apiVersion: version, kind: "ExecCredential", status: { token: "secret" } };
  await Deno.writeTextFile(
    `${folder}/plugin`,
    `#!/bin/sh\ntouch ${folder}/ran\necho '${JSON.stringify(credential)}'\n`,
    { mode: 0o755 },
  );
  const exec = { apiVersion: version, command: `${folder}/plugin`, interactiveMode: "Never" };
  const kubeconfig = {
    apiVersion: "v1",
    kind: "Config",
    clusters: [{ name: "none", cluster: { server: "https://127.0.0.1:1" } }],
    users: [{ name: "plugin", user: { exec } }],
    contexts: [{ name: "none", context: { cluster: "none", user: "plugin" } }],
    "current-context": "none",
  };
  await Deno.writeTextFile(`${folder}/kubeconfig`, JSON.stringify(kubeconfig));
}

/** Runs a program until a line of what it writes matches, or it ends. @returns all that it wrote */
async function firstMatch(argv: readonly string[], wanted: RegExp): Promise<string> {
  const script = 'exec "$@" 2>&1';
  await using child = new Deno.Command("sh", {
    args: ["-c", script, "sh", ...argv],
    stdin: "null",
    stdout: "piped",
  }).spawn();
  let text = "";
  for await (const piece of child.stdout.pipeThrough(new TextDecoderStream())) {
    text += piece;
    if (wanted.test(text)) break;
  }
  return text;
}
