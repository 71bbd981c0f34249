import { CLIENT, NODES, type Stage } from "./stage.ts";

/** What a shell is to have beside the machines. */
export interface ShellOptions {
  /** The words that start this program. */
  readonly self: readonly string[];
  /** Path of kubectl, if there is one. */
  readonly kubectl: string | undefined;
  /** The words that enter the network of a process: `nsenter`, and its flags. */
  readonly enter: readonly string[];
}

/**
 * Writes programs for a shell on this machine, that stay as long as the demo's folder: `lanlord`, `kubectl` and one
 * for each machine of the LAN, which runs its arguments in that machine's network.
 *
 * @returns the file that a shell reads (`. FILE`) to have them, and the cluster as kubectl's
 */
export async function writeShell(stage: Stage, options: ShellOptions): Promise<string> {
  const { self, kubectl, enter } = options;
  const folder = `${stage.folder}/bin`;
  await Deno.mkdir(folder);
  const machines = [
    stage.lan.hub,
    ...[CLIENT, ...NODES].map(({ name }) => stage.lan.machine(name)),
  ];
  const programs: readonly (readonly [name: string, words: readonly string[]])[] = [
    ["lanlord", self],
    ...(kubectl === undefined ? [] : [["kubectl", [kubectl]] as const]),
    ...machines.map(({ name, pid }) => [name, [...enter, "-t", `${pid}`, "-n"]] as const),
  ];
  for (const [name, words] of programs) {
    await Deno.writeTextFile(`${folder}/${name}`, scriptOf(words), { mode: 0o755 });
  }
  const file = `${stage.folder}/env`;
  await Deno.writeTextFile(
    file,
    [
      `export PATH=${quote(folder)}:$PATH KUBECONFIG=${quote(stage.api.kubeconfig)}`,
      `export KUBECACHEDIR=${quote(`${stage.folder}/kubectl-cache`)}`,
      "",
    ].join("\n"),
  );
  return file;
}

/** A script that runs these words, with its arguments behind them. */
export function scriptOf(words: readonly string[]): string {
  return `#!/bin/sh\nexec ${words.map(quote).join(" ")} "$@"\n`;
}

/** A word for a POSIX shell. */
function quote(word: string): string {
  return `'${word.replaceAll("'", "'\\''")}'`;
}
