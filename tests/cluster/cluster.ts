import type { Outcome } from "../../demo/program.ts";
import { run } from "../command.ts";
import { type Access, givenAccess } from "./given.ts";
import { startLab } from "./lab.ts";

/**
 * A cluster on a LAN, with a machine on that LAN which is no node.
 */
export interface Cluster extends AsyncDisposable {
  readonly image: string;
  /** `first-last`. */
  readonly pool: string;
  kubectl(argv: readonly string[], stdin?: string): Promise<Outcome>;
  /** Runs a command on the LAN's machine. */
  client(argv: readonly string[]): Promise<Outcome>;
  node(name: string, argv: readonly string[]): Promise<Outcome>;
  pullPlug(name: string): Promise<void>;
}

/** The cluster that was handed in, else one that is started here and torn down on disposal. */
export async function openCluster(): Promise<Cluster> {
  const given = givenAccess();
  if (given !== undefined) return reach(given, () => Promise.resolve());
  const lab = await startLab();
  return reach(lab.access, () => lab.stop());
}

function reach(access: Access, close: () => Promise<void>): Cluster {
  return {
    image: access.image,
    pool: access.pool,
    kubectl: (argv, stdin) => run([...words(access.kubectl), ...argv], stdin),
    client: (argv) => run([...words(access.client), ...argv]),
    node: (name, argv) => run([...words(access.node, name), ...argv]),
    pullPlug: async (name) => {
      const { code, stderr } = await run(words(access.stop, name));
      if (code !== 0) throw new Error(`Cannot stop node "${name}": ${stderr}`);
    },
    [Symbol.asyncDispose]: close,
  };
}

function words(command: string, node = ""): readonly string[] {
  return command.split(" ").filter(Boolean).map((word) => word.replaceAll("{node}", node));
}
