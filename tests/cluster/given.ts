import { cacheFolder, isFile } from "../../demo/control_plane_assets.ts";

/** The folder with the scripts that start a cluster in network namespaces, and the programs they use. */
export interface LabFolders {
  readonly scripts: string;
  readonly assets: string;
}

/** Whether somebody handed a cluster to the tests, by environment; `cluster.ts` says how. */
export function isClusterGiven(): boolean {
  return Boolean(Deno.env.get("LANLORD_CLUSTER_CLIENT"));
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
export function clusterLack(): { readonly why: string; readonly remedy: string } | undefined {
  if (isClusterGiven()) return undefined;
  const remedy = "hand one in (see CONTRIBUTING.md)";
  const { scripts, assets } = labFolders();
  if (!isFile(`${scripts}/up.py`)) {
    return { why: "no cluster is given and none can be started", remedy };
  }
  if (Deno.uid() !== 0) return { why: `starting one takes root, not user ${Deno.uid()}`, remedy };
  if (!isFile(`${assets}/bin/kubelet`) || !isFile(`${assets}/cni/bridge`)) {
    return {
      why: "the programs of a cluster are not built",
      remedy: "run `deno task assets --cluster`",
    };
  }
  return undefined;
}
