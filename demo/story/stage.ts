import { createClient, type Credentials, type Kube, loadCredentials } from "../../kube/mod.ts";
import { type ApiAccess, type ApiKind, openApi } from "./api_access.ts";
import { podCidrOf } from "../cluster/pod_network.ts";
import { Crew, type Member } from "./crew.ts";
import { type Lan, type Machine, openLan } from "../lan/lan.ts";
import { type Part, PART_VARIABLE } from "../part.ts";
import { openWatcher, type Watcher } from "../wire/watcher.ts";

/** The machines of the demo's LAN. */
export const CLIENT = { name: "client", address: "192.168.0.99" } as const;
export const NODES = [
  { name: "n1", address: "192.168.0.11" },
  { name: "n2", address: "192.168.0.12" },
  { name: "n3", address: "192.168.0.13" },
] as const;

/** The namespace of Lanlord's own objects. */
export const NAMESPACE = "metallb-system";

/** Where the stage stands. */
export interface StageOptions {
  /** The words that start this program: `deno run -A main.ts`, or the compiled one. */
  readonly self: readonly string[];
  readonly env: (name: string) => string | undefined;
  /** Folder for logs, sockets and kubeconfigs. */
  readonly folder: string;
  readonly signal: AbortSignal;
}

/** Everything that the demo runs, in the order in which it is started; disposing ends it all. */
export class Stage implements AsyncDisposable {
  readonly lan: Lan;
  readonly crew: Crew;
  readonly #options: StageOptions;
  readonly #owned: AsyncDisposableStack;
  #api: { readonly access: ApiAccess; readonly kube: Kube } | undefined;

  private constructor(options: StageOptions, lan: Lan, owned: AsyncDisposableStack) {
    this.#options = options;
    this.lan = lan;
    this.#owned = owned;
    this.crew = new Crew(options.folder);
  }

  /** Builds the LAN. */
  static async open(options: StageOptions): Promise<Stage> {
    const machines = [CLIENT, ...NODES].map(({ name, address }) => [name, address] as const);
    const owned = new AsyncDisposableStack();
    const lan = owned.use(await openLan({ machines: Object.fromEntries(machines) }));
    return new Stage(options, lan, owned);
  }

  /** The API server, once it is there. */
  get api(): ApiAccess {
    return this.#started().access;
  }

  /** A client of the API server's, for this process. */
  get kube(): Kube {
    return this.#started().kube;
  }

  get signal(): AbortSignal {
    return this.#options.signal;
  }

  get folder(): string {
    return this.#options.folder;
  }

  /** The first process that ended though nobody ended it. */
  get fault(): string | undefined {
    const [first] = this.crew.faults;
    return first && `process "${first.member}" ended by itself with exit code ${first.code}`;
  }

  /** Starts the API server, reachable from this machine and from the LAN. */
  async startApi(kind: ApiKind): Promise<void> {
    const { folder, env } = this.#options;
    const relay = (part: Part): Member => this.#play("relay", "hub", part);
    const access = this.#owned.use(await openApi(kind, { folder, relay }));
    const credentials: Credentials = await loadCredentials({ kubeconfig: access.kubeconfig, env });
    const kube = this.#owned.use(createClient(credentials, { userAgent: "lanlord-demo" }));
    this.#api = { access, kube };
  }

  /** Starts what stands in for Kubernetes' controllers. */
  startControllers(): void {
    const kubeconfig = this.api.kubeconfigOnLan;
    this.#play("controllers", "hub", { kind: "controllers", kubeconfig });
  }

  /** Starts what stands in for kubelet and kube-proxy on a node. */
  startNode(name: string): void {
    const index = NODES.findIndex((node) => node.name === name);
    const address = NODES[index]?.address ?? "";
    const kubeconfig = this.api.kubeconfigOnLan;
    const where = { nodeName: name, address, podCidr: podCidrOf(index + 1) };
    this.#play(nodeProcess(name), name, { kind: "node", kubeconfig, ...where });
  }

  /** Starts the leader, as in production. */
  startLeader(): void {
    const flags = ["--namespace", NAMESPACE];
    this.#start("leader", "hub", ["leader", ...flags], { KUBECONFIG: this.api.kubeconfigOnLan });
  }

  /** Starts the speaker of a node, as in production. */
  startSpeaker(name: string): void {
    const kept = ["--state-dir", `${this.folder}/state`];
    const flags = ["--namespace", NAMESPACE, "--node-name", name, ...kept];
    const env = { KUBECONFIG: this.api.kubeconfigOnLan };
    this.#start(speakerProcess(name), name, ["speaker", ...flags], env);
  }

  /** Has the client ask for an address all the time. */
  watch(address: string): Watcher {
    const part: Part = { kind: "witness", address };
    const argv = [...this.#options.self, "demo"];
    const env = { [PART_VARIABLE]: JSON.stringify(part) };
    return this.#owned.use(openWatcher(this.lan.machine(CLIENT.name), argv, env));
  }

  /** Fetches a page from a machine (or `hub`): with curl where there is one. */
  async get(
    machine: string,
    url: string,
    options: { readonly limitMs: number; readonly curl: string | undefined },
  ): Promise<{ readonly code: number; readonly text: string; readonly fault: string }> {
    const { limitMs, curl } = options;
    const where = this.#machine(machine);
    const part: Part = { kind: "fetch", url, limitMs };
    const { code, stdout, stderr } = curl === undefined
      ? await where.run([...this.#options.self, "demo"], {
        env: { [PART_VARIABLE]: JSON.stringify(part) },
      })
      : await where.run([curl, "--fail", "-sS", "--max-time", `${limitMs / 1000}`, url]);
    return { code, text: stdout, fault: stderr.trim() };
  }

  /** Pulls the node's cable and ends its processes: what a power cut is to the others. */
  async cutPower(name: string): Promise<void> {
    await Promise.all([
      this.lan.unplug(name),
      this.crew.kill(speakerProcess(name)),
      this.crew.kill(nodeProcess(name)),
    ]);
  }

  /** Boots the node: an empty network, the cable, and its processes anew. */
  async boot(name: string): Promise<void> {
    await this.lan.reset(name);
    await this.lan.plug(name);
    this.startNode(name);
    this.startSpeaker(name);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.crew.dismiss();
    await this.#owned.disposeAsync();
  }

  #started(): { readonly access: ApiAccess; readonly kube: Kube } {
    if (this.#api === undefined) throw new TypeError("Cannot use the API server: not started");
    return this.#api;
  }

  #play(name: string, machine: string, part: Part): Member {
    return this.#start(name, machine, ["demo"], { [PART_VARIABLE]: JSON.stringify(part) });
  }

  #start(
    name: string,
    machine: string,
    args: readonly string[],
    env: Readonly<Record<string, string>>,
  ): Member {
    const argv = [...this.#options.self, ...args];
    return this.crew.start({ name, machine: this.#machine(machine), argv, env });
  }

  #machine(name: string): Machine {
    return name === "hub" ? this.lan.hub : this.lan.machine(name);
  }
}

/** The name of a node's speaker among the processes. */
export function speakerProcess(node: string): string {
  return `speaker-${node}`;
}

/** The name of a node's stand-in among the processes. */
export function nodeProcess(node: string): string {
  return `node-${node}`;
}
