import { Registry } from "prom-client";
import { runController } from "../../../controller/mod.ts";
import {
  createClient,
  type Credentials,
  type JsonObject,
  type Kube,
  loadCredentials,
} from "../../../kube/mod.ts";
import { createLog } from "../../../ops/log.ts";
import type { Routes } from "../../../ops/serve.ts";
import { systemClock } from "../../../ops/clock.ts";
import { runSpeaker } from "../../../speaker/mod.ts";
import type { ControlPlane } from "../../control_plane/mod.ts";
import { eventually } from "../../eventually.ts";
import { giveRights, openAccount } from "./account.ts";
import { Administrator } from "./administrator.ts";
import { StagedKernel } from "../../staged_kernel.ts";
import { nameOf, type Right, rightsOfManifest, type Role } from "./rights.ts";
import { type WatchedKube, watchKube } from "./watched_kube.ts";

/** What a stage is opened with. */
export interface StageOptions {
  readonly role: Role;
  /** Of the stages of one API server; from 1 to 254. */
  readonly number: number;
  /** The right that is missing, as `nameOf` writes it. @default none */
  readonly without?: string;
}

/** An API server, and its administrators' one connection to it. */
export interface Cluster extends Disposable {
  readonly credentials: Credentials;
  readonly kube: Kube;
}

/** Connects to the API server. */
export async function openCluster({ kubeconfig }: ControlPlane): Promise<Cluster> {
  const credentials = await loadCredentials({ kubeconfig, env: () => undefined });
  const kube = createClient(credentials);
  return { credentials, kube, [Symbol.dispose]: () => kube[Symbol.dispose]() };
}

/** How long anything may take: far more than it does. */
const PATIENCE_SECONDS = 60;

/**
 * A leader or a speaker in a namespace and with a class of its own, as a ServiceAccount that may do what the
 * manifest says, or all of that but one verb; and an administrator beside it.
 */
export class RightsStage implements AsyncDisposable {
  /** Of Lanlord and of the Services; also the name of the speaker's Node. */
  readonly namespace: string;
  readonly admin: Administrator;
  /** What the speaker runs on. */
  readonly kernel: StagedKernel;
  readonly #role: Role;
  readonly #number: number;
  readonly #watched: WatchedKube;
  readonly #lines: string[] = [];
  readonly #stop = new AbortController();
  readonly #owned: AsyncDisposableStack;
  readonly #routes: Routes = new Map();
  #running: Promise<void> | undefined;
  #isReady = false;
  #failure: unknown;

  private constructor(
    { role, number }: StageOptions,
    parts: {
      readonly admin: Administrator;
      readonly kube: Kube;
      readonly owned: AsyncDisposableStack;
    },
  ) {
    this.#role = role;
    this.#number = number;
    this.namespace = namespaceOf({ role, number });
    this.kernel = new StagedKernel(`10.${number}.255.1`);
    this.admin = parts.admin;
    this.#watched = watchKube(parts.kube);
    this.#owned = parts.owned;
  }

  /** Makes the account, the configuration and, for a speaker, its Node. */
  static async open(cluster: Cluster, options: StageOptions): Promise<RightsStage> {
    const { role, without } = options;
    const namespace = namespaceOf(options);
    await using building = new AsyncDisposableStack();
    const admin = new Administrator(cluster.kube, namespace);
    const all = await rightsOf(role);
    const rights = all.filter((right) => nameOf(right) !== without);
    if (without !== undefined && rights.length === all.length) {
      throw new RangeError(`Cannot take "${without}" from the ${role}: it has no such right`);
    }
    await admin.create("Namespace", namespace);
    const own = await openAccount(admin, { name: role, namespace }, rights, cluster.credentials);
    const kube = building.use(createClient(own));
    const stage = new RightsStage(options, { admin, kube, owned: building.move() });
    await stage.#configure();
    return stage;
  }

  /** An address of pool `lan` for 0, of `map`, which is the ConfigMap's, for 1; others have no pool yet. */
  address(pool: number, host: number): string {
    return `10.${this.#number}.${pool}.${host}`;
  }

  /** The range of one of them. */
  range(pool: number): string {
    return `10.${this.#number}.${pool}.0/24`;
  }

  /** A Service of the stage's class; with addresses as its status has them. */
  async createService(
    name: string,
    { addresses = [], annotations = {}, spec = {} }: {
      readonly addresses?: readonly string[];
      readonly annotations?: JsonObject;
      readonly spec?: JsonObject;
    } = {},
  ): Promise<void> {
    const loadBalancerClass = `example.org/${this.namespace}`;
    await this.admin.create("Service", name, {
      metadata: { annotations },
      spec: { type: "LoadBalancer", loadBalancerClass, ports: [{ port: 80 }], ...spec },
      ...addresses.length > 0 && {
        status: { loadBalancer: { ingress: addresses.map((ip) => ({ ip })) } },
      },
    });
  }

  /** Gives the role all rights of the manifest. */
  async giveAll(): Promise<void> {
    const account = { name: this.#role, namespace: this.namespace };
    await giveRights(this.admin, account, await rightsOf(this.#role));
  }

  /** Starts the role; may be called once. */
  start(): void {
    const { namespace } = this;
    const options = {
      namespace,
      configMapName: "config",
      lbClass: `example.org/${namespace}`,
    };
    const deps = {
      kube: this.#watched.kube,
      clock: systemClock,
      // The longest back-off there is: a list that stands in for a watch comes after half a minute.
      random: () => 0.999,
      log: createLog({
        level: "info",
        format: "json",
        nowWall: systemClock.nowWall,
        write: (line) => this.#lines.push(line),
      }),
      registry: new Registry(),
      routes: this.#routes,
      health: { beat: () => {}, ready: (isReady: boolean) => void (this.#isReady = isReady) },
    };
    const { signal } = this.#stop;
    const running = this.#role === "leader"
      ? runController({ ...options, identity: "test" }, deps, signal)
      : runSpeaker({ ...options, nodeName: namespace }, { ...deps, netlink: this.kernel }, signal);
    this.#running = running.catch((error) => void (this.#failure = error));
  }

  /** Stops it in an orderly way; may be called again. */
  async stop(): Promise<void> {
    this.#stop.abort();
    await this.#running;
  }

  /** What it ended with, where that was not in order. */
  get failure(): unknown {
    return this.#failure;
  }

  /** Waits until it is ready, as its probe says. */
  async untilReady(): Promise<void> {
    await this.until("it is ready", () => this.#isReady);
  }

  /** Waits until it has read this list. */
  async untilListed(plural: string): Promise<void> {
    await this.until(`a list of ${plural}`, () => this.#watched.lists(plural) > 0);
  }

  /** Waits until the claim holds. @throws Error when it does not for a long time */
  async until(what: string, claim: () => Promise<boolean> | boolean): Promise<void> {
    const probe = async (): Promise<true | undefined> => await claim() || undefined;
    await eventually(`${this.namespace}: ${what}`, PATIENCE_SECONDS, probe).catch((error) => {
      throw new Error(`${error.message}; the last it said:\n${this.#lines.slice(-8).join("\n")}`);
    });
  }

  /** How often it was refused this right. */
  refusals(right: string): number {
    return this.#watched.refusals(right);
  }

  /** Every right that it was refused. */
  refused(): readonly string[] {
    return this.#watched.refused();
  }

  /** What a speaker serves at a path, `/ownership`; absent where it serves nothing there yet. */
  served(path: string): string | undefined {
    const pieces = this.#routes.get(path);
    return pieces === undefined ? undefined : [...pieces()].join("");
  }

  /** Whether its log, from level info up, has the text. */
  hasLogged(text: string): boolean {
    return this.#lines.some((line) => line.includes(text));
  }

  /** Whether a warning of its log names the verb and the resource. */
  hasWarnedOf(right: string): boolean {
    const [verb, resource] = right.split(" ");
    const words = JSON.stringify(`cannot ${verb} resource "${resource}"`).slice(1, -1);
    return this.#lines.some((line) => /"level":"(warn|error)"/.test(line) && line.includes(words));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.stop();
    await this.#owned.disposeAsync();
  }

  async #configure(): Promise<void> {
    const pool = { name: "map", protocol: "layer2", addresses: [this.range(1)] };
    const data = { config: JSON.stringify({ "address-pools": [pool] }) };
    await this.admin.create("ConfigMap", "config", { data });
    await this.admin.create("IPAddressPool", "lan", { spec: { addresses: [this.range(0)] } });
    await this.admin.create("L2Advertisement", "lan", { spec: { ipAddressPools: ["lan"] } });
    if (this.#role === "speaker") await this.admin.create("Node", this.namespace);
  }
}

async function rightsOf(role: Role): Promise<readonly Right[]> {
  return (await rightsOfManifest()).filter((right) => right.role === role);
}

function namespaceOf({ role, number }: StageOptions): string {
  return `${role}-${number}`;
}
