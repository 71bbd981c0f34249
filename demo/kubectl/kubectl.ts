import type { Kube } from "../../kube/mod.ts";
import { finish, PIPED } from "../program.ts";
import type { ClusterTool } from "./cluster_tool.ts";
import { ownClient } from "./own_client.ts";

/** How to reach the cluster. */
export interface ClusterToolOptions {
  /** Path of kubectl; absent: a client of our own does as much of it as the story needs. */
  readonly kubectl: string | undefined;
  readonly kubeconfig: string;
  /** A folder for what kubectl remembers, so that nothing is left in the user's own. */
  readonly cacheFolder: string;
  readonly kube: Kube;
  readonly signal: AbortSignal;
}

/** kubectl where there is one, else our own client. */
export function clusterTool(options: ClusterToolOptions): ClusterTool {
  const { kubectl, kubeconfig, cacheFolder, kube, signal } = options;
  if (kubectl === undefined) return ownClient(kube, signal);
  const run = async (argv: readonly string[], stdin?: string): Promise<string> => {
    const args = ["--kubeconfig", kubeconfig, "--cache-dir", cacheFolder, ...argv];
    const command = new Deno.Command(kubectl, { args, ...PIPED });
    const { code, stdout, stderr } = await finish(command, stdin);
    if (code === 0) return stdout;
    throw new Error(`Cannot run "kubectl ${argv.join(" ")}": ${stderr.trim()}`);
  };
  return { name: "kubectl", apply: (yaml) => run(["apply", "-f", "-"], yaml), run };
}
