import { type ClusterSnapshot, type Matter, matterOf, unreadReason } from "../explain/mod.ts";
import type { FlagValues } from "./command.ts";
import { readFrom } from "./cluster_read.ts";
import type { Flag } from "./flags.ts";
import { type Io, UsageError } from "./io.ts";
import { CLUSTER_FLAGS, roleOptions } from "./role.ts";
import type { ReadText } from "./text_file.ts";

/** The flags of commands that look at a cluster and change nothing. */
export const INSPECTION_FLAGS: readonly Flag[] = [
  {
    name: "file",
    short: "f",
    value: "FILE",
    text: "Read exported objects, YAML or JSON, and no cluster; - is standard input; may repeat",
    repeats: true,
  },
  ...CLUSTER_FLAGS,
  {
    name: "on-cordon",
    value: "WHAT",
    text: "As the speakers have it",
    choices: ["keep", "release"],
    fallback: "keep",
  },
];

/**
 * Reads the cluster or the files that the flags name.
 *
 * @throws UsageError in one line where that is not possible
 */
export async function inspect(
  flags: FlagValues,
  deps: { readonly io: Io; readonly readText: ReadText },
): Promise<Matter> {
  const { lbClass, ...place } = roleOptions(flags);
  const choice = { files: flags.all("file"), kubeconfig: flags.get("kubeconfig") };
  const cluster = await readFrom(choice, place, deps);
  refuseBlind(cluster);
  return matterOf(cluster, {
    lbClass: lbClass || undefined,
    onCordon: flags.get("on-cordon") === "release" ? "release" : "keep",
  });
}

/** Of a cluster whose Services cannot be seen there is nothing to say. @throws UsageError */
export function refuseBlind(cluster: ClusterSnapshot): void {
  switch (unreadReason(cluster, "Service")) {
    case undefined:
      return;
    case "forbidden":
      throw new UsageError("Cannot list Services: these credentials have no right to do so");
    case "not-in-files":
      throw new UsageError("Cannot find any Service in the files");
  }
}
