import { type Api, createApi, serveApi } from "../../demo/api/mod.ts";
import { type Lan, type Machine, macOf, openLan } from "../../demo/lan/lan.ts";
import { signalInside } from "../../demo/lan/holder.ts";
import { PART_VARIABLE } from "../../demo/part.ts";
import type { JsonObject } from "../../kube/types.ts";
import { eventually } from "../eventually.ts";
import { kubeconfigText } from "../kubeconfig.ts";
import { programWords } from "../program.ts";

/** Addresses of the machines: a client and the nodes. */
export const MACHINES = {
  client: "192.168.0.99",
  n1: "192.168.0.11",
  n2: "192.168.0.12",
  n3: "192.168.0.13",
} as const;

/** Names of the nodes. */
export type NodeName = "n1" | "n2" | "n3";

/** All of them. */
export const NODES: readonly NodeName[] = ["n1", "n2", "n3"];

const API = { kind: "tcp", hostname: "192.168.0.1", port: 6443 } as const;

/** How the machines reach the API server. */
export const API_URL = `http://${API.hostname}:${API.port}`;

const POOL = ["192.168.0.200-192.168.0.250"];

/** A running speaker. */
export interface Speaker {
  readonly node: NodeName;
  /** Ends it at once, as SIGKILL or a power cut does; or in an orderly way. */
  end(signal: "SIGKILL" | "SIGTERM"): Promise<void>;
  /** Freezes it, or lets it go on. */
  signal(signal: "SIGSTOP" | "SIGCONT"): Promise<void>;
}

/** Three nodes with real speaker processes, a client, and an API server in memory. */
export interface SpeakerLan extends AsyncDisposable {
  readonly lan: Lan;
  readonly client: Machine;
  readonly api: Api;
  /** Runs a speaker on the node, by another command (`setpriv …`) where one is given. */
  start(node: NodeName, flags?: readonly string[], by?: readonly string[]): Promise<Speaker>;
  /** Starts a leader, on the client's machine. */
  startLeader(): void;
  /** Takes the API server away from every machine. */
  cutApi(): Promise<void>;
  /** Brings it back. */
  restoreApi(): void;
  /** Everything that the speakers wrote, line by line. */
  log(): Promise<readonly string[]>;
  /** Makes a Service that has these addresses. */
  assign(name: string, ...addresses: readonly string[]): Promise<void>;
  /** Takes the Service away. */
  withdraw(name: string): Promise<void>;
  /** Reasons and messages of the Events about Services. */
  events(): Promise<readonly string[]>;
  /** The nodes, or MACs, that answer for an address now, as arping sees it. */
  answering(address: string): Promise<readonly string[]>;
  /** Waits until exactly this many stations answer, and names them. */
  settled(address: string): Promise<string>;
}

interface SpawnOptions {
  readonly env?: Readonly<Record<string, string>>;
  readonly by?: readonly string[];
}

/**
 * Builds the LAN and the API; speakers are started by the test.
 *
 * @param addresses of the pool
 * @param objects what else there is in the API
 */
export async function openSpeakerLan(
  addresses: readonly string[] = POOL,
  objects: readonly JsonObject[] = [],
): Promise<SpeakerLan> {
  await using building = new AsyncDisposableStack();
  const folder = await Deno.makeTempDir({ prefix: "lanlord-speaker-" });
  building.defer(() => Deno.remove(folder, { recursive: true }));
  const stop = new AbortController();
  const api = createApi();
  const path = `${folder}/api.sock`;
  const served = serveApi(api, { path }, stop.signal);
  building.defer(async () => {
    stop.abort();
    await served.finished;
  });
  api.load([
    { apiVersion: "v1", kind: "Namespace", metadata: { name: "metallb-system" } },
    {
      apiVersion: "v1",
      kind: "ConfigMap",
      metadata: { namespace: "metallb-system", name: "config" },
      data: { config: configOf(addresses) },
    },
    ...["n1", "n2", "n3"].map(nodeObject),
    ...objects,
  ]);
  // The LAN goes first, and ends them.
  const children = new Set<Promise<unknown>>();
  building.defer(() => Promise.all(children).then(() => undefined));
  const lan = building.use(await openLan({ machines: MACHINES }));
  const kubeconfig = `${folder}/kubeconfig`;
  await Deno.writeTextFile(kubeconfig, kubeconfigText(API_URL));
  const spawn = (
    machine: Machine,
    args: readonly string[],
    { env = {}, by = [] }: SpawnOptions = {},
  ): Deno.ChildProcess => {
    const script = 'log=$1; shift; exec "$@" >> "$log" 2>&1';
    const argv = ["sh", "-c", script, "sh", `${folder}/${machine.name}.log`, ...by];
    const program = [...programWords(), ...args];
    const child = machine.command([...argv, ...program], {
      stdin: "null",
      stdout: "null",
      stderr: "null",
      env,
    }).spawn();
    children.add(child.status);
    return child;
  };
  const part = JSON.stringify({ kind: "relay", from: API, to: { kind: "unix", path } });
  const startRelay = (): Deno.ChildProcess =>
    spawn(lan.hub, ["demo"], { env: { [PART_VARIABLE]: part } });
  let relay = startRelay();
  await eventually("the API is reachable on the LAN", 20, async () => {
    const url = `${API_URL}/version`;
    const { code } = await lan.machine("client").run(["curl", "-sf", "-m1", url]);
    return code === 0 || undefined;
  });
  const client = lan.machine("client");
  const call = (method: string, at: string, body?: JsonObject): Promise<Response> =>
    api.fetch(`http://api${at}`, {
      method,
      ...body && { body: JSON.stringify(body), headers: { "content-type": "application/json" } },
    });
  const owned = building.move();
  const answering = (address: string): Promise<readonly string[]> => askAll(client, address);
  return {
    lan,
    client,
    api,
    start: async (node, flags = [], by = []) => {
      const http = ["--http", "off", "--kubeconfig", kubeconfig, "--state-dir", `${folder}/state`];
      const args = ["speaker", "--node-name", node, ...http, ...flags];
      const child = spawn(lan.machine(node), args, { by });
      await presenceOf(call, node);
      return {
        node,
        end: async (signal) => {
          await signalInside(child, signal);
          await child.status;
        },
        signal: (signal) => signalInside(child, signal),
      };
    },
    startLeader: () => {
      spawn(lan.machine("client"), ["leader", "--http", "off", "--kubeconfig", kubeconfig]);
    },
    cutApi: async () => {
      await signalInside(relay, "SIGKILL");
      await relay.status;
    },
    restoreApi: () => {
      relay = startRelay();
    },
    log: async () => {
      const files = await Array.fromAsync(Deno.readDir(folder));
      const logs = files.filter(({ name }) => name.endsWith(".log"));
      const texts = await Promise.all(
        logs.map(async ({ name }) =>
          (await Deno.readTextFile(`${folder}/${name}`)).split("\n").map((line) =>
            `${name} ${line}`
          )
        ),
      );
      return texts.flat();
    },
    assign: (name, ...ips) => {
      api.load([serviceObject(name, ips)]);
      return Promise.resolve();
    },
    withdraw: async (name) => {
      const response = await call("DELETE", `/api/v1/namespaces/default/services/${name}`);
      await response.body?.cancel();
    },
    events: async () => {
      const { items = [] } = await (await call("GET", "/api/v1/namespaces/default/events")).json();
      return items.map((event: { reason: string; message: string }) =>
        `${event.reason}: ${event.message}`
      );
    },
    answering,
    settled: (address) =>
      eventually(`exactly one station answers for ${address}`, 10, async () => {
        const [one, ...others] = await answering(address);
        return others.length === 0 ? one : undefined;
      }),
    [Symbol.asyncDispose]: () => owned.disposeAsync(),
  };
}

async function askAll(client: Machine, address: string): Promise<readonly string[]> {
  const argv = ["arping", "-I", "eth0", "-c", "2", "-w", "2", "-b", address];
  const { stdout } = await client.run(argv);
  const macs = new Set(stdout.matchAll(/\[([0-9A-Fa-f:]{17})\]/g).map(([, mac = ""]) => mac));
  return [...macs].map((mac) => nameOfMac(mac.toLowerCase())).toSorted();
}

/** The machine that has the MAC, or the MAC itself. */
export function nameOfMac(mac: string): string {
  const found = Object.entries(MACHINES).find(([, address]) => macOf(address) === mac);
  return found?.[0] ?? mac;
}

async function presenceOf(
  call: (method: string, at: string) => Promise<Response>,
  node: NodeName,
): Promise<void> {
  const at = "/apis/coordination.k8s.io/v1/namespaces/metallb-system/leases";
  await eventually(`the speaker of ${node} has told of itself`, 20, async () => {
    const response = await call("GET", `${at}/lanlord-speaker-${node}`);
    await response.body?.cancel();
    return response.ok || undefined;
  });
}

function nodeObject(name: string): JsonObject {
  return { apiVersion: "v1", kind: "Node", metadata: { name } };
}

function configOf(addresses: readonly string[]): string {
  return `address-pools:
- name: default
  protocol: layer2
  addresses: [${addresses.join(", ")}]
`;
}

function serviceObject(name: string, ips: readonly string[]): JsonObject {
  return {
    apiVersion: "v1",
    kind: "Service",
    metadata: { namespace: "default", name },
    spec: { type: "LoadBalancer", ports: [{ port: 80, protocol: "TCP" }] },
    status: { loadBalancer: { ingress: ips.map((ip) => ({ ip })) } },
  };
}

/** Starts a speaker on every node. */
export async function startAll(
  lan: SpeakerLan,
  flags: readonly string[] = [],
): Promise<Map<string, Speaker>> {
  const speakers = await Promise.all(NODES.map((node) => lan.start(node, flags)));
  return new Map(speakers.map((speaker) => [speaker.node, speaker]));
}

/** The speaker of a node. @throws RangeError when none runs there */
export function ofNode(speakers: ReadonlyMap<string, Speaker>, node: string): Speaker {
  const speaker = speakers.get(node);
  if (speaker === undefined) throw new RangeError(`No speaker on "${node}"`);
  return speaker;
}

/** The text as a node's name. @throws RangeError when it is none */
export function nodeName(text: string): NodeName {
  const found = NODES.find((node) => node === text);
  if (found === undefined) throw new RangeError(`Not a node: "${text}"`);
  return found;
}
