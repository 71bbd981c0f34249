import { type Access, labFolders } from "./given.ts";
import { pushImage } from "./image.ts";

const IMAGE = "lanlord/lanlord:dev";

/** A cluster in network namespaces of this machine, with three nodes. */
export interface Lab {
  readonly access: Access;
  stop(): Promise<void>;
}

/**
 * Starts a cluster under a prefix of its own, with an image of this working tree in its registry. It is
 * torn down by a guardian which waits for our end of a pipe to close: by `stop`, or because we died.
 */
export async function startLab(): Promise<Lab> {
  const { scripts, assets } = labFolders();
  const prefix = `lanlord${Deno.pid}`;
  const folder = await Deno.makeTempDir({ prefix: "lanlord-cluster-" });
  const state = `${folder}/state`;
  const env = { CLUSTER_ASSETS: assets, CLUSTER_PREFIX: prefix, CLUSTER_STATE: state };
  await pushImage(IMAGE, scripts, assets);
  const guardian = new Deno.Command("setsid", {
    args: ["sh", "-c", 'cat > /dev/null; "$0" down; rmdir "$1"', `${scripts}/up.py`, folder],
    env,
    stdin: "piped",
    stdout: "null",
    stderr: "null",
  }).spawn();
  const stop = async (): Promise<void> => {
    await guardian.stdin.close();
    await guardian.status;
  };
  const up = await new Deno.Command("setpriv", {
    args: ["--pdeathsig", "TERM", "--", `${scripts}/up.py`, "up"],
    env,
    stdin: "null",
    stdout: "null",
    stderr: "piped",
  }).output();
  if (!up.success) {
    await stop();
    throw new Error(`Cannot start a cluster: ${new TextDecoder().decode(up.stderr)}`);
  }
  const settings = Object.entries(env).map(([name, value]) => `${name}=${value}`).join(" ");
  const lab = `env ${settings} ${scripts}/up.py`;
  const client = `ip netns exec ${prefix}-client`;
  return {
    access: {
      kubectl: `${client} ${assets}/bin/kubectl --kubeconfig=${state}/admin.kubeconfig`,
      client,
      node: `${lab} exec {node}`,
      stop: `${lab} stop {node}`,
      image: IMAGE,
      pool: "192.168.0.200-192.168.0.250",
    },
    stop,
  };
}
