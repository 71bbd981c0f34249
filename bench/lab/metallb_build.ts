// deno-lint-ignore-file no-console
import { cacheFolder, findProgram, isFile } from "../../demo/control_plane/assets.ts";
import { run } from "../../tests/command.ts";

/** The release that is measured. */
export const METALLB_VERSION = "v0.15.2";

const MODULE = "go.universe.tf/metallb";

/** What of MetalLB is run. */
export interface MetallbAssets {
  /** The program of each node. */
  readonly speaker: string;
  /** The program that assigns addresses. */
  readonly controller: string;
  /** The folder of the custom resource definitions. */
  readonly crds: string;
}

const PROGRAMS = ["speaker", "controller"] as const;

/**
 * Builds MetalLB's programs from its Go module into the cache folder, once: a minute or two.
 *
 * @returns a reason instead, where Go or the network is missing
 */
export async function buildMetallb(): Promise<MetallbAssets | string> {
  const folder = `${cacheFolder()}/metallb-${METALLB_VERSION}`;
  const assets = {
    speaker: `${folder}/speaker`,
    controller: `${folder}/controller`,
    crds: `${folder}/crds`,
  };
  if (PROGRAMS.every((name) => isFile(assets[name]))) return assets;
  const go = findProgram("go");
  if (go === undefined) return "Go is not installed, which builds it";
  console.log(`building MetalLB ${METALLB_VERSION} (minutes, the first time)`);
  const [download, install] = [
    await runGo(go, ["mod", "download", "-json", `${MODULE}@${METALLB_VERSION}`], folder),
    await runGo(
      go,
      ["install", ...PROGRAMS.map((name) => `${MODULE}/${name}@${METALLB_VERSION}`)],
      `${folder}/bin`,
    ),
  ];
  if (download.code !== 0 || install.code !== 0) {
    const said = `${download.stderr}${install.stderr}`.trim().split("\n").at(-1) ?? "";
    return `it cannot be built: ${said}`;
  }
  const { Dir } = JSON.parse(download.stdout);
  await Deno.mkdir(assets.crds, { recursive: true });
  for await (const { name } of Deno.readDir(`${Dir}/config/crd/bases`)) {
    const text = await Deno.readTextFile(`${Dir}/config/crd/bases/${name}`);
    await Deno.writeTextFile(`${assets.crds}/${name}`, text);
  }
  // Last, so that a build that is cut short is begun again.
  for (const name of PROGRAMS) await Deno.rename(`${folder}/bin/${name}`, assets[name]);
  return assets;
}

function runGo(go: string, args: readonly string[], target: string): ReturnType<typeof run> {
  return run(["env", "GOFLAGS=-mod=mod", `GOBIN=${target}`, go, ...args]);
}
