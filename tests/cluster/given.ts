import { cacheFolder, findProgram, isFile } from "../../demo/control_plane/assets.ts";
import type { Lack } from "../lack.ts";

/** The folder with the scripts that start a cluster in network namespaces, and the programs they use. */
export interface LabFolders {
  readonly scripts: string;
  readonly assets: string;
}

/**
 * How a cluster is reached. It can be handed to the tests by environment, a kind cluster say; each value
 * is a command whose words are separated by spaces, `{node}` standing for the name of a node:
 *
 * | variable | what it is | for kind |
 * | --- | --- | --- |
 * | `LANLORD_CLUSTER_CLIENT` | runs its arguments on the LAN's machine (curl) | `docker exec client` |
 * | `LANLORD_CLUSTER_KUBECTL` | kubectl, as `KUBECONFIG` says; `kubectl` by default | |
 * | `LANLORD_CLUSTER_NODE` | runs its arguments on a node (ip) | `docker exec {node}` |
 * | `LANLORD_CLUSTER_STOP` | pulls a node's plug | `docker kill {node}` |
 * | `LANLORD_CLUSTER_START` | plugs a stopped node in again; may be left out | `docker start {node}` |
 * | `LANLORD_CLUSTER_CUT`, `LANLORD_CLUSTER_HEAL` | pulls a running node's cable, puts it back; may be left out | |
 * | `LANLORD_CLUSTER_IMAGE` | an image of Lanlord that the nodes have or can pull; else the manifest's own | |
 * | `LANLORD_CLUSTER_NEXT_IMAGE` | another build of it, to upgrade to; may be left out | |
 * | `LANLORD_CLUSTER_POOL` | addresses that are free on the LAN | `172.18.255.200-172.18.255.250` |
 */
export interface Access {
  readonly kubectl: string;
  readonly client: string;
  readonly node: string;
  readonly stop: string;
  readonly start: string | undefined;
  readonly cut: string | undefined;
  readonly heal: string | undefined;
  /** `undefined`: the one that the manifest names. */
  readonly image: string | undefined;
  readonly nextImage: string | undefined;
  readonly pool: string;
}

/** Whether somebody handed a cluster to the tests. */
export function isClusterGiven(): boolean {
  return Boolean(Deno.env.get("LANLORD_CLUSTER_CLIENT"));
}

/** The cluster that was handed in. @throws Error when its description is incomplete */
export function givenAccess(): Access | undefined {
  if (!isClusterGiven()) return undefined;
  return {
    kubectl: Deno.env.get("LANLORD_CLUSTER_KUBECTL") ?? "kubectl",
    client: wanted("LANLORD_CLUSTER_CLIENT"),
    node: wanted("LANLORD_CLUSTER_NODE"),
    stop: wanted("LANLORD_CLUSTER_STOP"),
    start: Deno.env.get("LANLORD_CLUSTER_START"),
    cut: Deno.env.get("LANLORD_CLUSTER_CUT"),
    heal: Deno.env.get("LANLORD_CLUSTER_HEAL"),
    image: Deno.env.get("LANLORD_CLUSTER_IMAGE"),
    nextImage: Deno.env.get("LANLORD_CLUSTER_NEXT_IMAGE"),
    pool: wanted("LANLORD_CLUSTER_POOL"),
  };
}

/** Where a cluster can be started from; `LANLORD_CLUSTER_LAB` and `CLUSTER_ASSETS` move it. */
export function labFolders(): LabFolders {
  const beside = new URL("../../../shared/cluster", import.meta.url).pathname;
  return {
    scripts: Deno.env.get("LANLORD_CLUSTER_LAB") || beside,
    assets: Deno.env.get("CLUSTER_ASSETS") || `${cacheFolder()}/cluster`,
  };
}

/** Why there is no cluster for tests; `undefined` when one was handed in or can be started. */
export function clusterLack(): Lack | undefined {
  if (isClusterGiven()) return undefined;
  const remedy = "hand one in (see CONTRIBUTING.md)";
  const { scripts, assets } = labFolders();
  if (!isFile(`${scripts}/up.py`)) {
    return { why: "no cluster is given and none can be started", remedy };
  }
  if (Deno.uid() !== 0) return { why: `starting one takes root, not user ${Deno.uid()}`, remedy };
  const program = ["iptables", "ip", "openssl", "python3", "setsid"].find((name) =>
    !findProgram(name)
  );
  if (program !== undefined) return { why: `${program} is not installed`, remedy: "install it" };
  if (!isFile(`${assets}/bin/kubelet`) || !isFile(`${assets}/cni/bridge`)) {
    return {
      why: "the programs of a cluster are not built",
      remedy: "run `deno task assets --cluster`",
    };
  }
  return undefined;
}

function wanted(name: string): string {
  const value = Deno.env.get(name);
  if (!value) throw new Error(`Cannot use the cluster that was handed in: set ${name}`);
  return value;
}
