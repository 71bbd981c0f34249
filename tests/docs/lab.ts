import type { Outcome } from "../../demo/program.ts";
import { programWords } from "../program.ts";
import { openDesk } from "./desk.ts";

/** A demo that was left running, and a folder in which a reader types. */
export interface DocsLab extends AsyncDisposable {
  /** Runs a command there, with `lanlord`, `kubectl` and the machines of the LAN on `PATH`. */
  run(words: readonly string[]): Promise<Outcome>;
}

/** The end of `deno task demo --keep`, and the file that a shell reads. */
const KEPT = /\$ \. (?<file>\/\S+\/env)\n[^]*Logs: /;

/** The kinds that the manifest installs; and after a power cut some connections go to pods that were on the dead node. */
const PREPARATION = [
  "kubectl apply -f deploy/crds",
  "for _ in 1 2 3 4 5 6; do client curl -sS --fail -o /dev/null --max-time 1 " +
  "--retry 20 --retry-all-errors --retry-delay 1 http://192.168.0.200 || exit; done",
];

/**
 * Starts `lanlord demo --keep --api real` and waits until it is the reader's. The folder has `deploy/`, as a clone
 * has it. Disposing ends the demo and removes the folder.
 *
 * @throws Error with what the demo said when it ends before
 */
export async function openDocsLab(): Promise<DocsLab> {
  await using building = new AsyncDisposableStack();
  const desk = building.use(await openDesk({}));
  const [program = "", ...words] = programWords();
  const demo = new Deno.Command(program, {
    args: [...words, "demo", "--keep", "--api", "real"],
    stdin: "null",
    stdout: "piped",
    stderr: "inherit",
  }).spawn();
  building.defer(async () => {
    demo.kill("SIGTERM");
    await demo.status;
  });
  const output = demo.stdout.pipeThrough(new TextDecoderStream()).getReader();
  building.defer(() => output.cancel());
  const file = await readUntilKept(output);
  const run = (words: readonly string[]): Promise<Outcome> =>
    desk.run(["sh", "-c", '. "$0" && exec "$@"', file, ...words]);
  for (const script of PREPARATION) {
    const { code, stderr } = await run(["sh", "-c", script]);
    if (code !== 0) throw new Error(`Cannot open a laboratory: "${script}" failed: ${stderr}`);
  }
  const owned = building.move();
  return {
    run,
    [Symbol.asyncDispose]: () => owned.disposeAsync(),
  };
}

async function readUntilKept(output: ReadableStreamDefaultReader<string>): Promise<string> {
  let said = "";
  while (true) {
    const { done, value } = await output.read();
    if (done) throw new Error(`Cannot open a laboratory: the demo ended, having said:\n${said}`);
    said += value;
    const file = KEPT.exec(said)?.groups?.["file"];
    if (file !== undefined) return file;
  }
}
