import type { Machine } from "../../demo/lan/lan.ts";
import type { Outcome } from "../../demo/program.ts";
import { run } from "../command.ts";
import { type Access, givenAccess } from "./given.ts";
import { startLab } from "./lab.ts";

/**
 * A cluster on a LAN, with a machine on that LAN which is no node.
 */
export interface Cluster extends AsyncDisposable {
  /** What is installed instead of the image that the manifest names; `undefined`: that one. */
  readonly image: string | undefined;
  /** Another build of Lanlord, to upgrade to. */
  readonly nextImage: string | undefined;
  /** `first-last`. */
  readonly pool: string;
  /** The words that `kubectl` and `client` put in front. */
  readonly words: Readonly<Record<"kubectl" | "client", readonly string[]>>;
  /** The LAN's machine, for programs that go on. */
  readonly lanMachine: Pick<Machine, "command">;
  kubectl(argv: readonly string[], stdin?: string): Promise<Outcome>;
  /** `kubectl`, for what goes on. */
  kubectlCommand(argv: readonly string[]): Deno.Command;
  /** Runs a command on the LAN's machine. */
  client(argv: readonly string[]): Promise<Outcome>;
  node(name: string, argv: readonly string[]): Promise<Outcome>;
  pullPlug(name: string): Promise<void>;
  /** Starts a node whose plug was pulled; absent where that cannot be done. @returns what the command said */
  readonly start: NodeSwitch | undefined;
  /** Pulls a running node's cable, and puts it back; absent where that cannot be done. */
  readonly cable: { readonly cut: NodeSwitch; readonly heal: NodeSwitch } | undefined;
}

/** Does something to a node. @returns what the command printed. @throws Error with what it said when it failed */
export type NodeSwitch = (name: string) => Promise<string>;

/** The cluster that was handed in, else one that is started here and torn down on disposal. */
export async function openCluster(): Promise<Cluster> {
  const given = givenAccess();
  if (given !== undefined) return reach(given, () => Promise.resolve());
  const lab = await startLab();
  return reach(lab.access, () => lab.stop());
}

function reach(access: Access, close: () => Promise<void>): Cluster {
  const [client = "", ...clientArgs] = words(access.client);
  const [kubectl = "", ...kubectlArgs] = words(access.kubectl);
  const cut = switchOf(access.cut);
  const heal = switchOf(access.heal);
  return {
    image: access.image,
    nextImage: access.nextImage,
    pool: access.pool,
    words: { kubectl: words(access.kubectl), client: words(access.client) },
    lanMachine: {
      command: (argv, options) =>
        new Deno.Command(client, { args: [...clientArgs, ...argv], ...options }),
    },
    kubectl: (argv, stdin) => run([kubectl, ...kubectlArgs, ...argv], stdin),
    kubectlCommand: (argv) =>
      new Deno.Command(kubectl, {
        args: [...kubectlArgs, ...argv],
        stdin: "null",
        stdout: "piped",
        stderr: "null",
      }),
    client: (argv) => run([client, ...clientArgs, ...argv]),
    node: (name, argv) => run([...words(access.node, name), ...argv]),
    pullPlug: async (name) => {
      await turn(access.stop, name);
    },
    start: switchOf(access.start),
    cable: cut === undefined || heal === undefined ? undefined : { cut, heal },
    [Symbol.asyncDispose]: close,
  };
}

function switchOf(command: string | undefined): NodeSwitch | undefined {
  return command === undefined ? undefined : (name) => turn(command, name);
}

async function turn(command: string, name: string): Promise<string> {
  const { code, stdout, stderr } = await run(words(command, name));
  if (code !== 0) throw new Error(`Cannot run ${command} for node "${name}": ${stderr}`);
  return stdout.trim();
}

function words(command: string, node = ""): readonly string[] {
  return command.split(" ").filter(Boolean).map((word) => word.replaceAll("{node}", node));
}
