import manifest from "../../deno.json" with { type: "json" };
import { mustRun } from "../../demo/program.ts";
import { type Access, labFolders } from "./given.ts";
import { NEXT_IMAGE, pushImages } from "./image.ts";

const START_NODE = new URL("./start_node.py", import.meta.url).pathname;

/** A cluster in network namespaces of this machine, with three nodes. */
export interface Lab {
  readonly access: Access;
  stop(): Promise<void>;
}

/**
 * Starts a cluster under a prefix of its own, with images of this working tree in its registry. It is
 * torn down by a guardian which waits for our end of a pipe to close: by `stop`, or because we died.
 */
export async function startLab(): Promise<Lab> {
  const { scripts, assets: all } = labFolders();
  const prefix = `lanlord${Deno.pid}`;
  const folder = await Deno.makeTempDir({ prefix: "lanlord-cluster-" });
  const state = `${folder}/state`;
  const assets = `${all}/.lab-${prefix}`;
  const env = { CLUSTER_ASSETS: assets, CLUSTER_PREFIX: prefix, CLUSTER_STATE: state };
  const farewell = 'cat > /dev/null; "$0" down; rm -r "$2"; rmdir "$1"';
  const guardian = new Deno.Command("setsid", {
    args: ["sh", "-c", farewell, `${scripts}/up.py`, folder, assets],
    env,
    stdin: "piped",
    stdout: "null",
    stderr: "null",
  }).spawn();
  const stop = async (): Promise<void> => {
    await guardian.stdin.close();
    await guardian.status;
  };
  try {
    await copyAssets(all, assets);
    await pushImages(manifest.version, { scripts, assets });
  } catch (error) {
    await stop();
    throw error;
  }
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
      start: `env ${settings} python3 ${START_NODE} ${scripts} {node}`,
      cut: `ip -n ${prefix}-lan link set {node} down`,
      heal: `ip -n ${prefix}-lan link set {node} up`,
      image: undefined,
      nextImage: NEXT_IMAGE,
      pool: "192.168.0.200-192.168.0.250",
    },
    stop,
  };
}

/**
 * The lab's programs and images once more, for one lab: what is pushed there is no other lab's, and gone with it.
 * Only what a registry writes over is copied.
 */
async function copyAssets(from: string, to: string): Promise<void> {
  const registry = "registry/docker/registry/v2";
  await mustRun(["mkdir", "-p", `${to}/${registry}`]);
  await mustRun(["cp", "-al", `${from}/bin`, `${from}/cni`, to]);
  await mustRun(["cp", "-al", `${from}/${registry}/blobs`, `${to}/${registry}`]);
  await mustRun(["cp", "-a", `${from}/${registry}/repositories`, `${to}/${registry}`]);
}
