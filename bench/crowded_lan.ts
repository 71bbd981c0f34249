/** Two nodes on a LAN with many addresses, for `bench/scale.ts`: real speakers, kernels and wires. */
import { createApi, serveApi } from "../demo/api/mod.ts";
import { pidInside, signalInside } from "../demo/lan/holder.ts";
import { type Lan, type Machine, macOf, openLan } from "../demo/lan/lan.ts";
import { PART_VARIABLE } from "../demo/part.ts";
import type { JsonObject } from "../kube/types.ts";
import { type ProcessUsage, readUsage } from "./process_usage.ts";

/** A node of the LAN. */
export type NodeName = "n1" | "n2";

/** A running speaker. */
export interface BenchSpeaker {
  /** Its node. */
  readonly machine: Machine;
  usage(): Promise<ProcessUsage>;
  /** Resolves when it says that it is ready. */
  ready(): Promise<void>;
  /** How late its event loop was at most since this instant, in ms; both instants since 1970. */
  lagSince(instant: number): Promise<number>;
  kill(): Promise<void>;
}

/** The LAN; disposing ends every process in it. */
export interface CrowdedLan extends AsyncDisposable {
  readonly lan: Lan;
  start(node: NodeName): Promise<BenchSpeaker>;
  /** How many addresses of the pool the node's kernel has, and the least lifetime of one, in seconds. */
  kernel(node: NodeName): Promise<{ readonly held: number; readonly leastSeconds: number }>;
  /** Frames that the node's `eth0` sent and received. */
  frames(node: NodeName): Promise<{ readonly sent: number; readonly received: number }>;
  /** First announcements of each address by the node after an instant, in ms from it, in order. */
  announcedSince(instant: number, node: NodeName): Promise<readonly number[]>;
  /** Adds a Service, so that every speaker looks. */
  touch(): void;
  /** The last lines of all speakers. */
  log(): Promise<string>;
}

const MACHINES = { client: "192.168.0.99", n1: "192.168.0.11", n2: "192.168.0.12" } as const;
const API = { kind: "tcp", hostname: "192.168.0.1", port: 6443 } as const;
/** As release/compile.ts builds in. */
const SPEAKER_V8_FLAGS = "--optimize-for-size";
/** Where the addresses of Services are that come later. */
const NEW = "10.128.249.";
/** Addresses whose announcements tell nothing of the crash: the nodes' own, and those. */
const OTHERS: readonly string[] = ["10.128.0.", NEW];
const POOL = "10.128.1.0-10.128.250.0";

/** Builds the LAN, with so many Services that have an address each, and these nodes besides the two. */
export async function openCrowdedLan(
  addresses: number,
  otherNodes: number,
): Promise<CrowdedLan> {
  await using building = new AsyncDisposableStack();
  const folder = await Deno.makeTempDir({ prefix: "lanlord-bench-" });
  building.defer(() => Deno.remove(folder, { recursive: true }));
  const stop = new AbortController();
  const api = createApi();
  const path = `${folder}/api.sock`;
  const served = serveApi(api, { path }, stop.signal);
  building.defer(async () => {
    stop.abort();
    await served.finished;
  });
  api.load(objectsOf(addresses, otherNodes));
  const lan = building.use(await openLan({ machines: MACHINES }));
  for (const [i, node] of (["n1", "n2"] as const).entries()) {
    const add = ["ip", "addr", "add", `10.128.0.${i + 1}/16`, "dev", "eth0"];
    await lan.machine(node).run(add);
  }
  const kubeconfig = `${folder}/kubeconfig`;
  await Deno.writeTextFile(kubeconfig, JSON.stringify(kubeconfigObject()));
  const spawn = (
    machine: Machine,
    args: readonly string[],
    env: Readonly<Record<string, string>>,
    file: string,
  ): Deno.ChildProcess => {
    const shell = [
      "sh",
      "-c",
      'log=$1; shift; exec "$@" >> "$log" 2>&1',
      "sh",
      `${folder}/${file}`,
    ];
    const quiet = { stdin: "null", stdout: "null", stderr: "null" } as const;
    return machine.command([...shell, Deno.execPath(), "run", "-A", ...args], { ...quiet, env })
      .spawn();
  };
  const part = JSON.stringify({ kind: "relay", from: API, to: { kind: "unix", path } });
  spawn(lan.hub, [pathTo("../main.ts"), "demo"], { [PART_VARIABLE]: part }, "relay.log");
  spawn(lan.machine("client"), [pathTo("arp_listener.ts")], {}, "heard");
  const heard = (): Promise<string> => Deno.readTextFile(`${folder}/heard`).catch(() => "");
  await until("the listener listens", async () => (await heard()).includes("ready"));
  let touched = 0;
  const owned = building.move();
  return {
    lan,
    start: (node) => startSpeaker(lan.machine(node), { folder, kubeconfig, spawn }),
    kernel: (node) => lookAtKernel(lan.machine(node)),
    frames: (node) => countFrames(lan.machine(node)),
    announcedSince: async (instant, node) => firstHeard(await heard(), instant, node),
    touch: () => api.load([serviceObject(`t${touched}`, `${NEW}${++touched}`)]),
    log: async () => {
      const texts = ["n1.log", "n2.log"].map((name) =>
        Deno.readTextFile(`${folder}/${name}`).catch(() => "")
      );
      return (await Promise.all(texts)).map((text) => text.split("\n").slice(-8).join("\n")).join();
    },
    [Symbol.asyncDispose]: () => owned.disposeAsync(),
  };
}

/** Looks every 20 ms until it is so. @throws Error after two minutes */
export async function until(what: string, isSo: () => Promise<boolean>): Promise<void> {
  const end = performance.now() + 120_000;
  while (!await isSo()) {
    if (performance.now() > end) throw new Error(`Waited two minutes until ${what}`);
    await pause(20);
  }
}

/** Waits. */
export function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}

interface Stage {
  readonly folder: string;
  readonly kubeconfig: string;
  readonly spawn: (
    machine: Machine,
    args: readonly string[],
    env: Readonly<Record<string, string>>,
    file: string,
  ) => Deno.ChildProcess;
}

async function startSpeaker(machine: Machine, stage: Stage): Promise<BenchSpeaker> {
  const lagFile = `${stage.folder}/${machine.name}.lag`;
  await Deno.writeTextFile(lagFile, "");
  const args = ["--preload", pathTo("loop_lag.ts"), pathTo("../main.ts"), "speaker"];
  const own = ["--node-name", machine.name, "--state-dir", stage.folder];
  const flags = [...own, "--kubeconfig", stage.kubeconfig];
  const env = { DENO_V8_FLAGS: SPEAKER_V8_FLAGS, LANLORD_BENCH_LAG: lagFile };
  const child = stage.spawn(machine, [...args, ...flags], env, `${machine.name}.log`);
  return {
    machine,
    usage: async () => readUsage(await pidInside(child)),
    ready: () =>
      until("the speaker is ready", async () => {
        const url = "http://127.0.0.1:7472/readyz";
        return (await machine.run(["curl", "-sf", "-m1", url])).code === 0;
      }),
    lagSince: async (instant) => {
      const lines = (await Deno.readTextFile(lagFile)).trim().split("\n");
      const lags = lines.map((line) => line.split(" ").map(Number));
      return Math.max(...lags.filter(([at = 0]) => at >= instant).map(([, ms = 0]) => ms), 0);
    },
    kill: async () => {
      await signalInside(child, "SIGKILL");
      await child.status;
    },
  };
}

async function lookAtKernel(
  machine: Machine,
): Promise<{ readonly held: number; readonly leastSeconds: number }> {
  const { stdout } = await machine.run(["ip", "-o", "-4", "addr", "show", "dev", "eth0"]);
  const lifetimes = stdout.matchAll(/ 10\.128\.[0-9.]+\/32 .*valid_lft ([0-9]+)sec/g)
    .map(([, seconds]) => Number(seconds)).toArray();
  return { held: lifetimes.length, leastSeconds: Math.min(...lifetimes) };
}

async function countFrames(
  machine: Machine,
): Promise<{ readonly sent: number; readonly received: number }> {
  const { stdout } = await machine.run(["ip", "-s", "link", "show", "eth0"]);
  const [received, sent] = stdout.matchAll(/^ +[0-9]+ +([0-9]+) /gm).map(([, n]) => Number(n));
  return { sent: sent ?? 0, received: received ?? 0 };
}

function firstHeard(text: string, instant: number, node: NodeName): readonly number[] {
  const mac = macOf(MACHINES[node]);
  const first = new Map<string, number>();
  for (const line of text.split("\n")) {
    const [at = "", from, address = ""] = line.split(" ");
    if (from !== mac || Number(at) < instant || first.has(address)) continue;
    if (address.startsWith("10.128.") && !OTHERS.some((start) => address.startsWith(start))) {
      first.set(address, Number(at) - instant);
    }
  }
  return [...first.values()].sort((a, b) => a - b);
}

function objectsOf(addresses: number, otherNodes: number): readonly JsonObject[] {
  const others = Array.from({ length: otherNodes }, (_, i) => `other-${i}`);
  return [
    { apiVersion: "v1", kind: "Namespace", metadata: { name: "metallb-system" } },
    {
      apiVersion: "v1",
      kind: "ConfigMap",
      metadata: { namespace: "metallb-system", name: "config" },
      data: {
        config: `address-pools: [{name: p, protocol: layer2, addresses: [${POOL}]}]`,
      },
    },
    ...["n1", "n2", ...others].map((name) => ({
      apiVersion: "v1",
      kind: "Node",
      metadata: { name },
    })),
    ...others.map(presenceObject),
    ...Array.from(
      { length: addresses },
      (_, i) => serviceObject(`s${i}`, `10.128.${1 + (i >> 8)}.${i & 0xff}`),
    ),
  ];
}

/** A node whose speaker told of itself once, and which is away. */
function presenceObject(node: string, i: number): JsonObject {
  const mac = `02:ff:00:00:${(i >> 8).toString(16).padStart(2, "0")}:${
    (i & 0xff).toString(16).padStart(2, "0")
  }`;
  const interfaces = JSON.stringify([{ name: "eth0", mac, subnets: ["10.128.0.0/16"] }]);
  return {
    apiVersion: "coordination.k8s.io/v1",
    kind: "Lease",
    metadata: {
      namespace: "metallb-system",
      name: `lanlord-speaker-${node}`,
      labels: { "lanlord.dev/presence": "speaker" },
      annotations: { "lanlord.dev/interfaces": interfaces },
    },
    spec: { holderIdentity: node },
  };
}

function serviceObject(name: string, ip: string): JsonObject {
  return {
    apiVersion: "v1",
    kind: "Service",
    metadata: { namespace: "default", name },
    // There are fewer node ports than Services.
    spec: {
      type: "LoadBalancer",
      allocateLoadBalancerNodePorts: false,
      ports: [{ port: 80, protocol: "TCP" }],
    },
    status: { loadBalancer: { ingress: [{ ip }] } },
  };
}

function kubeconfigObject(): JsonObject {
  return {
    apiVersion: "v1",
    kind: "Config",
    clusters: [{ name: "lan", cluster: { server: `http://${API.hostname}:${API.port}` } }],
    users: [{ name: "speaker", user: {} }],
    contexts: [{ name: "lan", context: { cluster: "lan", user: "speaker" } }],
    "current-context": "lan",
  };
}

function pathTo(file: string): string {
  return new URL(file, import.meta.url).pathname;
}
