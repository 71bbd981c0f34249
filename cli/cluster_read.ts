import type { ClusterSnapshot } from "../explain/mod.ts";
import { type ConfigurationPlace, readCluster } from "./cluster.ts";
import { openFiles } from "./cluster_files.ts";
import { openLive } from "./cluster_live.ts";
import type { Io } from "./io.ts";
import type { ReadText } from "./text_file.ts";

/** Which cluster is meant. */
export interface ClusterChoice {
  /** Exported objects; empty: a cluster is asked. */
  readonly files: readonly string[];
  readonly kubeconfig: string | undefined;
}

/**
 * Reads a cluster once: from the files, where any are named, else from the API server.
 *
 * @throws UsageError in one line where that is not possible
 */
export async function readFrom(
  { files, kubeconfig }: ClusterChoice,
  place: ConfigurationPlace,
  { io, readText }: { readonly io: Io; readonly readText: ReadText },
): Promise<ClusterSnapshot> {
  if (files.length > 0) return await readCluster(await openFiles(files, readText), place);
  using live = await openLive(kubeconfig, io);
  return await readCluster(live, place);
}
