import { startControlPlane } from "../control_plane/start.ts";
import { HUB_ADDRESS } from "../lan/lan.ts";
import type { Part } from "../part.ts";
import { runRelay } from "../lan/relay.ts";

/** `memory`: ours, in this process. `real`: etcd and kube-apiserver. */
export type ApiKind = "memory" | "real";

/** An API server that this machine and the LAN reach. */
export interface ApiAccess extends AsyncDisposable {
  /** For people: what it is. */
  readonly title: string;
  /** From this machine, on 127.0.0.1. */
  readonly url: string;
  /** Path of a kubeconfig for programs of this machine. */
  readonly kubeconfig: string;
  /** Path of a kubeconfig for programs on the LAN. */
  readonly kubeconfigOnLan: string;
}

/** What opening needs. */
export interface ApiAccessOptions {
  readonly folder: string;
  /** Starts a relay in the hub's network namespace. */
  readonly relay: (part: Part) => void;
}

/** Where the LAN finds the API server. */
const ON_LAN = { kind: "tcp", hostname: HUB_ADDRESS, port: 6443 } as const;

/**
 * Starts an API server on 127.0.0.1, and a relay through a socket in the file system by which the LAN reaches it at
 * 192.168.0.1:6443.
 *
 * @throws Error when the programs of the real one are not there
 */
export async function openApi(kind: ApiKind, options: ApiAccessOptions): Promise<ApiAccess> {
  const socket = { kind: "unix", path: `${options.folder}/api.sock` } as const;
  const opened = kind === "memory"
    ? await openMemory(socket.path, options.folder)
    : await openReal(socket.path, options.folder);
  options.relay({ kind: "relay", from: ON_LAN, to: socket });
  return opened;
}

async function openMemory(path: string, folder: string): Promise<ApiAccess> {
  const { createApi, serveApi } = await import("../api/mod.ts");
  const stop = new AbortController();
  const api = createApi();
  const local = serveApi(api, { hostname: "127.0.0.1", port: 0 }, stop.signal);
  const shared = serveApi(api, { path }, stop.signal);
  const write = async (name: string, server: string): Promise<string> => {
    const file = `${folder}/${name}`;
    await Deno.writeTextFile(file, JSON.stringify(kubeconfigOf(server), undefined, 2), {
      mode: 0o600,
    });
    return file;
  };
  return {
    title: "in memory, in this process; of Kubernetes it is the API only",
    url: local.url,
    kubeconfig: await write("kubeconfig", local.url),
    kubeconfigOnLan: await write("kubeconfig-lan", `http://${ON_LAN.hostname}:${ON_LAN.port}`),
    [Symbol.asyncDispose]: async () => {
      stop.abort();
      await Promise.all([local.finished, shared.finished]);
    },
  };
}

async function openReal(path: string, folder: string): Promise<ApiAccess> {
  const plane = await startControlPlane({ advertisedAddress: HUB_ADDRESS });
  const stop = new AbortController();
  const { hostname, port } = new URL(plane.url);
  const to = { kind: "tcp", hostname, port: Number(port) } as const;
  const relaying = runRelay({ from: { kind: "unix", path }, to }, stop.signal);
  const text = await Deno.readTextFile(plane.kubeconfig);
  const kubeconfigOnLan = `${folder}/kubeconfig-lan`;
  const onLan = text.replace(plane.url, `https://${ON_LAN.hostname}:${ON_LAN.port}`);
  await Deno.writeTextFile(kubeconfigOnLan, onLan, { mode: 0o600 });
  return {
    title: `etcd and kube-apiserver of ${plane.assets}`,
    url: plane.url,
    kubeconfig: plane.kubeconfig,
    kubeconfigOnLan,
    [Symbol.asyncDispose]: async () => {
      stop.abort();
      await relaying;
      await plane.stop();
    },
  };
}

function kubeconfigOf(server: string): object {
  return {
    apiVersion: "v1",
    kind: "Config",
    "current-context": "lanlord-demo",
    clusters: [{ name: "lanlord-demo", cluster: { server } }],
    users: [{ name: "admin", user: {} }],
    contexts: [{ name: "lanlord-demo", context: { cluster: "lanlord-demo", user: "admin" } }],
  };
}
