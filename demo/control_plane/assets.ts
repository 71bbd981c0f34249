import { createHash } from "node:crypto";

/** The programs that make a control plane, as `deno task assets` builds them. */
export const CONTROL_PLANE_PROGRAMS = ["etcd", "kube-apiserver", "kubectl"] as const;

/** Where this project keeps what it builds: `LANLORD_CACHE`, else `lanlord` in the user's cache folder. */
export function cacheFolder(): string {
  const own = Deno.env.get("LANLORD_CACHE");
  if (own) return own;
  const cache = Deno.env.get("XDG_CACHE_HOME") || `${Deno.env.get("HOME") ?? "/root"}/.cache`;
  return `${cache}/lanlord`;
}

/**
 * The folder that `deno task assets` fills. Its name holds the hash of go.mod and go.sum, so that other
 * versions are built anew; absent where this is not a checkout of the repository.
 */
export function builtAssetsFolder(): string | undefined {
  const hash = createHash("sha256");
  try {
    for (const file of ["go.mod", "go.sum"]) {
      hash.update(Deno.readFileSync(new URL(`../../tests/control_plane/${file}`, import.meta.url)));
    }
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return undefined;
    throw error;
  }
  return `${cacheFolder()}/control-plane-${hash.digest("hex").slice(0, 12)}`;
}

/** The folder with etcd and kube-apiserver: `KUBEBUILDER_ASSETS` where it is set, else what was built. */
export function controlPlaneAssets(): string | undefined {
  const folder = Deno.env.get("KUBEBUILDER_ASSETS") || builtAssetsFolder();
  if (folder === undefined) return undefined;
  return ["etcd", "kube-apiserver"].every((name) => isFile(`${folder}/${name}`))
    ? folder
    : undefined;
}

/** kubectl as built beside the control plane, else the first one on `PATH`. */
export function kubectlPath(): string | undefined {
  const folders = [Deno.env.get("KUBEBUILDER_ASSETS"), builtAssetsFolder()];
  return folders.map((folder) => `${folder}/kubectl`).find(isFile) ?? findProgram("kubectl");
}

/** The path of a program: the first match on `PATH`, or in the folders where administrators' programs are. */
export function findProgram(name: string): string | undefined {
  const folders = (Deno.env.get("PATH") ?? "").split(":");
  return [...folders, "/usr/sbin", "/sbin"].map((folder) => `${folder}/${name}`).find(isFile);
}

/** Whether there is a file of this path that can be looked at. */
export function isFile(path: string): boolean {
  try {
    return Deno.statSync(path).isFile;
  } catch {
    // Not there or not readable: of no use either way.
    return false;
  }
}
