import { isFile } from "../../demo/control_plane/assets.ts";
import type { Lack } from "../lack.ts";
import { isClusterGiven, labFolders } from "./given.ts";

/** MetalLB's own manifest, of the release whose images are in the lab's registry. */
export function metallbManifest(): string {
  return `${labFolders().assets}/metallb-native.yaml`;
}

/** Why MetalLB cannot be installed for tests; `undefined` when it can. */
export function metallbLack(): Lack | undefined {
  if (isClusterGiven()) {
    return { why: "the cluster was handed in", remedy: "unset LANLORD_CLUSTER_CLIENT" };
  }
  return isFile(metallbManifest()) ? undefined : {
    why: "MetalLB is not built",
    remedy: "run `deno task assets --cluster`",
  };
}
