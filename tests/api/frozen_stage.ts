import {
  CONFIG_MAPS,
  createClient,
  type JsonObject,
  type Kube,
  loadCredentials,
  pathOf,
  type RunningCache,
  type Service,
  SERVICES,
  startCache,
} from "../../kube/mod.ts";
import { silentLog } from "../../kube/testing.ts";
import { systemClock } from "../../ops/clock.ts";
import { Chronicle } from "../chronicle.ts";
import type { ControlPlane } from "../control_plane/mod.ts";
import { eventually } from "../eventually.ts";
import { ROOT } from "../source.ts";

/** Two leaders that stand for one Lease; their namespace and their class have the name of the pair. */
export interface Pair {
  readonly name: string;
  /** `lanlord`: as people run it; `quick`: with a Lease that is lost soon. */
  readonly program: "lanlord" | "quick";
  /** The pool. */
  readonly range: string;
}

/** Two leaders in processes of their own, and the Services that they are for. */
export class FrozenStage implements AsyncDisposable {
  /** What the Services had, one after the other. */
  readonly chronicle = new Chronicle();
  readonly #pair: Pair;
  readonly #kube: Kube & Disposable;
  readonly #end = new AbortController();
  readonly #processes = new Map<string, Deno.ChildProcess>();
  readonly #files: string[] = [];
  readonly #services: RunningCache<Service>;

  private constructor(pair: Pair, kube: Kube & Disposable) {
    this.#pair = pair;
    this.#kube = kube;
    const onChange = (): void => this.chronicle.note(this.#services.objects);
    const deps = { clock: systemClock, random: Math.random, log: silentLog, onChange };
    this.#services = startCache(kube, SERVICES, { namespace: pair.name }, deps, this.#end.signal);
  }

  /** Makes the namespace and the configuration of a pair, and starts both. */
  static async open(plane: ControlPlane, pair: Pair): Promise<FrozenStage> {
    const { kubeconfig } = plane;
    const credentials = await loadCredentials({ kubeconfig, env: () => undefined });
    const stage = new FrozenStage(pair, createClient(credentials));
    await stage.#post("/api/v1/namespaces", { metadata: { name: pair.name } });
    const pool = { name: "lan", protocol: "layer2", addresses: [pair.range] };
    await stage.#post(pathOf(CONFIG_MAPS, { namespace: pair.name }), {
      metadata: { name: "config" },
      data: { config: JSON.stringify({ "address-pools": [pool] }) },
    });
    for (const identity of [`${pair.name}-a`, `${pair.name}-b`]) {
      await stage.#start(plane, identity);
    }
    return stage;
  }

  /** Sends a signal to one of the two. */
  signal(identity: string, signal: "SIGSTOP" | "SIGCONT"): void {
    this.#processes.get(identity)?.kill(signal);
  }

  /** Creates Services one after the other. */
  async create(prefix: string, count: number): Promise<void> {
    const loadBalancerClass = `example.org/${this.#pair.name}`;
    for (let i = 0; i < count; i++) {
      await this.#post(pathOf(SERVICES, { namespace: this.#pair.name }), {
        metadata: { name: `${prefix}-${i}` },
        spec: { type: "LoadBalancer", loadBalancerClass, ports: [{ port: 80 }] },
      });
    }
  }

  /** Resolves when every Service has an address. */
  async untilAssigned(): Promise<void> {
    await eventually(`addresses for all Services of ${this.#pair.name}`, 60, () => {
      const isDone = this.#services.objects.values().every(({ ingress }) => ingress.length > 0);
      return Promise.resolve(isDone || undefined);
    });
  }

  /** Deletes every third Service, so that its address is given out again. */
  async deleteSome(): Promise<void> {
    const { name: namespace } = this.#pair;
    const names = [...this.#services.objects.values()].map(({ meta }) => meta.name)
      .filter((_, i) => i % 3 === 0);
    for (const name of names) {
      const path = pathOf(SERVICES, { namespace, name });
      await this.#kube.request({ method: "DELETE", path }, this.#end.signal);
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const child of this.#processes.values()) {
      child.kill("SIGKILL");
      await child.status;
    }
    this.#end.abort();
    await this.#services.ended;
    this.#kube[Symbol.dispose]();
    for (const file of this.#files) await Deno.remove(file);
  }

  async #start(plane: ControlPlane, identity: string): Promise<void> {
    const file = await Deno.makeTempFile({ prefix: "lanlord-kubeconfig-" });
    this.#files.push(file);
    const text = await Deno.readTextFile(plane.kubeconfig);
    await Deno.writeTextFile(file, text.replaceAll(plane.token, identity));
    const child = new Deno.Command("setpriv", {
      args: [
        "--pdeathsig",
        "KILL",
        "--",
        Deno.execPath(),
        "run",
        "-A",
        ...this.#argv(file, identity),
      ],
      cwd: ROOT,
      stdin: "null",
      stdout: "null",
      stderr: "null",
    }).spawn();
    this.#processes.set(identity, child);
  }

  #argv(kubeconfig: string, identity: string): readonly string[] {
    const { name, program } = this.#pair;
    if (program === "quick") return ["tests/api/leader_process.ts", kubeconfig, identity];
    const flags = { kubeconfig, identity, namespace: name, "lb-class": `example.org/${name}` };
    return [
      "main.ts",
      "leader",
      "--http=off",
      ...Object.entries(flags).map(([flag, value]) => `--${flag}=${value}`),
    ];
  }

  async #post(path: string, body: JsonObject): Promise<void> {
    await this.#kube.request({ method: "POST", path, body }, this.#end.signal);
  }
}
