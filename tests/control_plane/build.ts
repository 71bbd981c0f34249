// deno-lint-ignore-file no-console
/**
 * `deno task assets`: builds the control plane that the tests and `demo --api real` start, from the Go
 * modules named in `go.mod`, into the cache folder. What is there already is kept.
 *
 * Helm and MetalLB's charts are built and fetched with it, see `tests/helm/`.
 *
 * `--cluster` also fills the folder of the cluster lab, MetalLB's images included, where its scripts are at hand.
 */
import { createHash } from "node:crypto";
import {
  builtAssetsFolder,
  CONTROL_PLANE_PROGRAMS,
  isFile,
} from "../../demo/control_plane/assets.ts";
import { labFolders } from "../cluster/given.ts";
import { metallbManifest } from "../cluster/metallb_given.ts";
import { buildHelm } from "../helm/build.ts";

const HERE = new URL(".", import.meta.url).pathname;
const VERSION_PACKAGE = "k8s.io/component-base/version";

/** The programs, with the package that each is built from. */
const PACKAGES: Readonly<Record<(typeof CONTROL_PLANE_PROGRAMS)[number], string>> = {
  etcd: "go.etcd.io/etcd/server/v3",
  "kube-apiserver": "k8s.io/kubernetes/cmd/kube-apiserver",
  kubectl: "k8s.io/kubernetes/cmd/kubectl",
};

async function main(): Promise<void> {
  const given = Deno.env.get("KUBEBUILDER_ASSETS");
  const folder = given || builtAssetsFolder();
  if (folder === undefined) throw new Error("Cannot find go.mod of the control plane");
  if (given) {
    console.log(`control plane: ${given}, as KUBEBUILDER_ASSETS says`);
  } else {
    await Deno.mkdir(folder, { recursive: true });
    for (const program of CONTROL_PLANE_PROGRAMS) await build(program, folder);
    console.log(`control plane: ${folder}`);
  }
  await buildHelm();
  if (Deno.args.includes("--cluster")) await fillLab(folder);
}

async function build(program: keyof typeof PACKAGES, folder: string): Promise<void> {
  if (isFile(`${folder}/${program}`)) return;
  const began = performance.now();
  console.log(`building ${program} (minutes, the first time)`);
  // Under another name first: a build that is cut short leaves no half a program behind.
  const unfinished = `${folder}/.${program}.${Deno.pid}`;
  await run("go", ["build", "-ldflags", await versionFlags(), "-o", unfinished, PACKAGES[program]]);
  await Deno.rename(unfinished, `${folder}/${program}`);
  console.log(`built ${program} in ${Math.round((performance.now() - began) / 1000)} s`);
}

/** What Kubernetes' own build tells its programs about themselves: without it they say v0.0.0. */
async function versionFlags(): Promise<string> {
  const goMod = await Deno.readTextFile(`${HERE}/go.mod`);
  const version = /k8s\.io\/kubernetes (v1\.(\d+)\.\d+)/.exec(goMod);
  if (version === null) throw new Error("Cannot find the version of k8s.io/kubernetes in go.mod");
  const facts = {
    gitVersion: version[1],
    gitMajor: "1",
    gitMinor: version[2],
    gitTreeState: "clean",
  };
  return Object.entries(facts).map(([k, v]) => `-X ${VERSION_PACKAGE}.${k}=${v}`).join(" ");
}

/** Runs the lab's own build, which keeps what is there; starts from nothing when its scripts changed. */
async function fillLab(controlPlane: string): Promise<void> {
  const { scripts, assets } = labFolders();
  const script = `${scripts}/build.sh`;
  if (!isFile(script)) {
    console.log(`cluster: no scripts at ${scripts}, nothing built`);
    return;
  }
  const stamp = `${assets}/.built-by`;
  const wanted = createHash("sha256").update(await Deno.readFile(script)).digest("hex");
  const found = await Deno.readTextFile(stamp).catch(() => undefined);
  if (found === wanted && isFile(metallbManifest())) {
    console.log(`cluster: ${assets}`);
    return;
  }
  if (found !== undefined && found !== wanted) await Deno.remove(assets, { recursive: true });
  await run(script, [], { CLUSTER_ASSETS: assets, PREBUILT: controlPlane, METALLB: "1" });
  await Deno.writeTextFile(stamp, wanted);
  console.log(`cluster: ${assets}`);
}

async function run(
  program: string,
  args: readonly string[],
  env: Readonly<Record<string, string>> = {},
): Promise<void> {
  const { code } = await new Deno.Command(program, { args: [...args], env, cwd: HERE })
    .spawn().status;
  if (code !== 0) throw new Error(`Cannot go on: ${program} ${args.join(" ")} ended with ${code}`);
}

if (import.meta.main) await main();
