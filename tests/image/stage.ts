import { MACHINES, openSpeakerLan, type SpeakerLan } from "../kernel/speaker_lan.ts";
import { kubeconfigText } from "../kubeconfig.ts";
import { type Container, type Containers, openContainers } from "./containers.ts";
import type { Pod } from "./pods.ts";
import type { Mount, RuntimeSpec } from "./runtime_spec.ts";

/** The API server's name, as pods know it, and what resolvers make of it. */
const API_NAME = "kubernetes.default.svc";
const API_FULL_NAME = `${API_NAME}.cluster.local`;
const HUB = "192.168.0.1";

/** Where the pod finds what kubelet would put there. */
const KUBECONFIG = "/etc/lanlord-kubeconfig";

/** How a pod is run on the stage. */
export interface RunOptions {
  /** Arguments behind the pod's. */
  readonly args?: readonly string[];
  /** @default containerd's, with its default seccomp profile */
  readonly defaults?: RuntimeSpec;
}

/** A LAN whose node `n1` runs containers of the image. */
export interface Stage extends AsyncDisposable {
  readonly lan: SpeakerLan;
  readonly containers: Containers;
  /** The folder that is the pod's `/run/lanlord`. */
  readonly state: string;
  /** Runs the pod in the network of `n1`; the API server is found by its name, through the LAN's name server. */
  run(pod: Pod, options?: RunOptions): Promise<Container>;
}

/** Builds the image if need be, and the LAN. */
export async function openStage(): Promise<Stage> {
  await using building = new AsyncDisposableStack();
  const lan = building.use(await openSpeakerLan());
  building.use(await openNameServer(lan));
  const containers = building.use(await openContainers());
  const folder = await Deno.makeTempDir({ prefix: "lanlord-stage-" });
  building.defer(() => Deno.remove(folder, { recursive: true }));
  const mounts = await kubeletFiles(folder);
  const network = `/proc/${lan.lan.machine("n1").pid}/ns/net`;
  const env = { KUBECONFIG, LANLORD_NODE_NAME: "n1", LANLORD_NAMESPACE: "metallb-system" };
  const owned = building.move();
  return {
    lan,
    containers,
    state: `${folder}/state`,
    run: (pod, { args = [], defaults } = {}) =>
      containers.run(pod, { network, mounts, env, args }, defaults),
    [Symbol.asyncDispose]: () => owned.disposeAsync(),
  };
}

/** What kubelet mounts into the pod, as the manifest says and as it does for every pod. */
async function kubeletFiles(folder: string): Promise<readonly Mount[]> {
  await Deno.mkdir(`${folder}/state`, { mode: 0o755 });
  await Deno.mkdir(`${folder}/metallb`);
  const files = {
    kubeconfig: kubeconfigText(`http://${API_NAME}:6443`),
    "resolv.conf":
      `nameserver ${HUB}\nsearch metallb-system.svc.cluster.local svc.cluster.local cluster.local\noptions ndots:5\n`,
    hosts: "127.0.0.1 localhost\n",
  };
  for (const [name, text] of Object.entries(files)) {
    await Deno.writeTextFile(`${folder}/${name}`, text);
  }
  return [
    { source: `${folder}/kubeconfig`, destination: KUBECONFIG, options: "ro" },
    { source: `${folder}/resolv.conf`, destination: "/etc/resolv.conf", options: "ro" },
    { source: `${folder}/hosts`, destination: "/etc/hosts", options: "ro" },
    { source: `${folder}/metallb`, destination: "/etc/metallb", options: "ro" },
    { source: `${folder}/state`, destination: "/run/lanlord", options: "rw" },
  ];
}

async function openNameServer({ lan }: SpeakerLan): Promise<AsyncDisposable> {
  const program = new URL("name_server_main.ts", import.meta.url).pathname;
  const argv = [Deno.execPath(), "run", "-A", program, HUB, API_FULL_NAME];
  const child = lan.hub.command(argv, { stdin: "null", stdout: "piped", stderr: "inherit" })
    .spawn();
  const reader = child.stdout.getReader();
  const { done } = await reader.read();
  if (done) throw new Error("Cannot resolve names: the program ended");
  return {
    [Symbol.asyncDispose]: async () => {
      child.kill("SIGKILL");
      await reader.cancel();
      await child.status;
    },
  };
}

/** The lines of `/proc/<pid>/status` by their names. */
export async function statusOf(container: Container): Promise<ReadonlyMap<string, string>> {
  const text = await Deno.readTextFile(`/proc/${await container.pid()}/status`);
  return new Map(
    text.trim().split("\n").map((line) => {
      const [name = "", value = ""] = line.split(":\t");
      return [name, value];
    }),
  );
}

/** The address that a Service is given first. */
export const FIRST_ADDRESS = "192.168.0.200";

/** The machine that is the node of the containers. */
export const NODE: keyof typeof MACHINES = "n1";
