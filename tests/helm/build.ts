// deno-lint-ignore-file no-console
/** Part of `deno task assets`: helm, built from the Go module named in `go.mod`, and MetalLB's charts. */
import { isFile } from "../../demo/control_plane/assets.ts";
import { mustRun } from "../../demo/program.ts";
import {
  helmFolder,
  helmPath,
  METALLB_RELEASES,
  metallbChart,
  type MetallbRelease,
} from "./given.ts";

const HERE = new URL(".", import.meta.url).pathname;
const HELM = "helm.sh/helm/v3";
const METALLB = "go.universe.tf/metallb";

/** Fills the folder with what is not there yet. */
export async function buildHelm(): Promise<void> {
  await Deno.mkdir(helmFolder(), { recursive: true });
  if (!isFile(helmPath())) await compile();
  for (const release of METALLB_RELEASES) {
    if (!isFile(`${metallbChart(release.version)}/Chart.yaml`)) await fetchChart(release);
  }
  console.log(`helm: ${helmFolder()}`);
}

async function compile(): Promise<void> {
  const began = performance.now();
  console.log("building helm (a minute or two, the first time)");
  // Under another name first: a build that is cut short leaves no half a program behind.
  const unfinished = `${helmPath()}.${Deno.pid}`;
  const flags = ["-trimpath", "-ldflags", await versionFlags()];
  await go(["build", ...flags, "-o", unfinished, `${HELM}/cmd/helm`]);
  await Deno.rename(unfinished, helmPath());
  console.log(`built helm in ${Math.round((performance.now() - began) / 1000)} s`);
}

/** What Helm's own build tells it: without it, it takes every cluster that it does not see for v1.20. */
async function versionFlags(): Promise<string> {
  const goMod = await Deno.readTextFile(`${HERE}go.mod`);
  const [, version] = /helm\.sh\/helm\/v3 (v\S+)/.exec(goMod) ?? [];
  const [, minor] = /k8s\.io\/client-go v0\.(\d+)\./.exec(goMod) ?? [];
  if (version === undefined || minor === undefined) {
    throw new Error("Cannot find the versions of Helm and k8s.io/client-go in go.mod");
  }
  const kubernetes = ["pkg/lint/rules", "pkg/chartutil"].flatMap((folder) => [
    `-X ${HELM}/${folder}.k8sVersionMajor=1`,
    `-X ${HELM}/${folder}.k8sVersionMinor=${minor}`,
  ]);
  return ["-s -w", `-X ${HELM}/internal/version.version=${version}`, ...kubernetes].join(" ");
}

/** @throws Error when the module is another than the one that was pinned */
async function fetchChart({ version, sum }: MetallbRelease): Promise<void> {
  const { Dir, Sum } = JSON.parse(await go(["mod", "download", "-json", `${METALLB}@${version}`]));
  if (Sum !== sum) throw new Error(`Cannot use MetalLB ${version}: want ${sum}, found ${Sum}`);
  const unfinished = `${metallbChart(version)}.${Deno.pid}`;
  // The module cache is read-only, and a copy of it would be.
  const copy = ["cp", "-r", "--no-preserve=mode", `${Dir}/charts/metallb`, unfinished];
  await mustRun(copy);
  await Deno.rename(unfinished, metallbChart(version));
}

/** @returns its standard output */
async function go(args: readonly string[]): Promise<string> {
  const command = new Deno.Command("go", { args: [...args], cwd: HERE, stderr: "inherit" });
  const { code, stdout } = await command.output();
  if (code !== 0) throw new Error(`Cannot go on: go ${args.join(" ")} ended with ${code}`);
  return new TextDecoder().decode(stdout);
}
