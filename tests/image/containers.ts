import { mustRun, type Outcome } from "../../demo/program.ts";
import { run } from "../command.ts";
import { eventually } from "../eventually.ts";
import { containerProgram, imageArchive } from "./given.ts";
import type { Pod } from "./pods.ts";
import {
  type ImageConfig,
  type RuntimeSpec,
  runtimeSpec,
  type Surroundings,
} from "./runtime_spec.ts";

/** A running container. */
export interface Container {
  readonly name: string;
  /** What it wrote, whole; settled when it has ended. */
  readonly outcome: Promise<Outcome>;
  /** Ends it as kubelet does, by SIGTERM, and waits. */
  stop(): Promise<Outcome>;
  /** Its first process, as this process numbers it. */
  pid(): Promise<number>;
}

/** The image of this working tree, taken in by containerd, and a place to run it by runc. */
export interface Containers extends AsyncDisposable {
  readonly image: ImageConfig;
  /** The image's root, unpacked. */
  readonly rootfs: string;
  /** containerd's defaults for a container, its default seccomp profile (`RuntimeDefault`) among them. */
  readonly defaults: RuntimeSpec;
  run(pod: Pod, at: Omit<Surroundings, "rootfs">, defaults?: RuntimeSpec): Promise<Container>;
}

/** Imports the image into a containerd of its own, which is stopped again, and unpacks it. */
export async function openContainers(): Promise<Containers> {
  await using building = new AsyncDisposableStack();
  const folder = await Deno.makeTempDir({ prefix: "lanlord-containers-" });
  building.defer(() => Deno.remove(folder, { recursive: true }));
  const { image, defaults } = await unpack(folder);
  const running = new Set<Container>();
  building.defer(async () => {
    await Promise.all([...running].map((container) => container.stop()));
  });
  const owned = building.move();
  const rootfs = `${folder}/rootfs`;
  return {
    image,
    rootfs,
    defaults,
    run: async (pod, at, base = defaults) => {
      const spec = runtimeSpec(pod, image, base, { ...at, rootfs });
      const container = await start(folder, `lanlord-${Deno.pid}-${running.size}`, spec);
      running.add(container);
      return container;
    },
    [Symbol.asyncDispose]: () => owned.disposeAsync(),
  };
}

/** Has runc run a container, in a bundle below the folder. */
async function start(folder: string, name: string, spec: RuntimeSpec): Promise<Container> {
  const runc = [programOf("runc"), "--root", `${folder}/runc`];
  const bundle = `${folder}/${name}`;
  await Deno.mkdir(bundle);
  await Deno.writeTextFile(`${bundle}/config.json`, JSON.stringify(spec));
  const outcome = run([...runc, "run", "--bundle", bundle, name]);
  return {
    name,
    outcome,
    stop: async () => {
      // One that has ended cannot be signalled, and need not.
      await mustRun([...runc, "kill", name, "TERM"]).catch(() => undefined);
      return await outcome;
    },
    pid: async () => JSON.parse(await mustRun([...runc, "state", name])).pid,
  };
}

/** Has containerd say what it makes of the image. */
async function unpack(
  folder: string,
): Promise<{ readonly image: ImageConfig; readonly defaults: RuntimeSpec }> {
  const socket = `${folder}/containerd.sock`;
  await Deno.writeTextFile(`${folder}/containerd.toml`, configOf(folder, socket));
  const containerd = new Deno.Command(programOf("containerd"), {
    args: ["--config", `${folder}/containerd.toml`],
    stdin: "null",
    stdout: "null",
    stderr: "null",
  }).spawn();
  const ctr = (...args: readonly string[]): Promise<string> =>
    mustRun([programOf("ctr"), "--address", socket, ...args]);
  try {
    await eventually("containerd", 20, () => ctr("version").catch(() => undefined));
    const name = await importArchive(ctr);
    const mounted = `${folder}/mounted`;
    await Deno.mkdir(mounted);
    await ctr("images", "mount", "--snapshotter", "native", name, mounted);
    await mustRun(["cp", "-a", mounted, `${folder}/rootfs`]);
    await ctr("images", "unmount", mounted);
    await ctr("containers", "create", "--rootfs", "--seccomp", `${folder}/rootfs`, "defaults");
    const { Spec } = JSON.parse(await ctr("containers", "info", "defaults"));
    // The cgroup of its own would be containerd's to make.
    delete Spec.linux.cgroupsPath;
    return { image: await configOfImage(ctr, name), defaults: Spec };
  } finally {
    containerd.kill("SIGTERM");
    await containerd.status;
  }
}

type Ctr = (...args: readonly string[]) => Promise<string>;

async function importArchive(ctr: Ctr): Promise<string> {
  await ctr("images", "import", "--snapshotter", "native", await imageArchive());
  const [name, ...others] = (await ctr("images", "list", "--quiet")).trim().split("\n");
  if (name === undefined || others.length > 0) throw new Error("Want one image in the archive");
  return name;
}

async function configOfImage(ctr: Ctr, name: string): Promise<ImageConfig> {
  const line = (await ctr("images", "list", `name==${name}`)).split("\n")[1] ?? "";
  const digest = /sha256:[0-9a-f]{64}/.exec(line)?.[0] ?? "";
  const manifest = JSON.parse(await ctr("content", "get", digest));
  return JSON.parse(await ctr("content", "get", manifest.config.digest)).config;
}

function configOf(folder: string, socket: string): string {
  return `version = 2
root = "${folder}/content"
state = "${folder}/state"
disabled_plugins = ["io.containerd.grpc.v1.cri"]
[grpc]
  address = "${socket}"
`;
}

function programOf(name: "containerd" | "ctr" | "runc"): string {
  const path = containerProgram(name);
  if (path === undefined) throw new Error(`Cannot run a container: ${name} is not there`);
  return path;
}
