/** An API server of its own for one leader: a pool, Services, and who has which address since when. */
import { type ControlPlane, startControlPlane } from "../../demo/control_plane/start.ts";
import { type Kube, pathOf, SERVICES, watch } from "../../kube/mod.ts";
import { systemClock } from "../../ops/clock.ts";
import { clientOf, NAMESPACE, patchStatus, post } from "../lab/api_objects.ts";
import { createResources, POOL_NAME } from "../lab/metallb_resources.ts";
import { type ApiRequests, parseRequests } from "./api_requests.ts";

const POOL = "10.128.0.0/16";

/** How many calls are under way at once while objects are made. */
const PARALLEL = 32;

/** An address as a Service has it, and when it was seen there first, in ms. */
interface Seen {
  readonly address: string;
  readonly at: number;
}

export class Arena implements AsyncDisposable {
  readonly plane: ControlPlane;
  readonly #kube: Kube & Disposable;
  readonly #stop = new AbortController();
  readonly #seen = new Map<string, Seen>();
  #changes = 0;
  #news = Promise.withResolvers<void>();

  /** Starts one whose pool is of these custom resource definitions. */
  static async open(crds: string): Promise<Arena> {
    const plane = await startControlPlane();
    const arena = new Arena(plane, await clientOf(plane.kubeconfig));
    await post(arena.#kube, "/api/v1/namespaces", { metadata: { name: NAMESPACE } });
    await createResources(arena.#kube, crds, POOL);
    arena.#follow();
    return arena;
  }

  private constructor(plane: ControlPlane, kube: Kube & Disposable) {
    this.plane = plane;
    this.#kube = kube;
  }

  /** How many Services have an address. */
  get assigned(): number {
    return this.#seen.size;
  }

  /** How many addresses were taken away or exchanged so far. */
  get changes(): number {
    return this.#changes;
  }

  /** When each address was seen, in order, in ms. */
  get instants(): readonly number[] {
    return this.#seen.values().map(({ at }) => at).toArray().sort((a, b) => a - b);
  }

  /** How many addresses two Services have. */
  get doubles(): number {
    return this.#seen.size - new Set(this.#seen.values().map(({ address }) => address)).size;
  }

  /** Makes the Services from this number up to, not including, that one. */
  async createServices(from: number, to: number): Promise<void> {
    await inParallel(from, to, (i) => this.#create(i, {}));
  }

  /** The same, each with an address of the pool, as a leader before would have left it. */
  async createAssigned(from: number, to: number): Promise<void> {
    await inParallel(from, to, async (i) => {
      await this.#create(i, { "metallb.io/ip-allocated-from-pool": POOL_NAME });
      const ip = `10.128.${(i >> 8) + 1}.${i & 255}`;
      const path = pathOf(SERVICES, { namespace: "default", name: `s${i}` });
      await patchStatus(this.#kube, path, { loadBalancer: { ingress: [{ ip }] } });
    });
  }

  /** Resolves when so many Services have an address; false where there was no news for so long. */
  async untilAssigned(count: number, patienceMs: number): Promise<boolean> {
    while (this.#seen.size < count) {
      const before = this.#news.promise;
      const end = new AbortController();
      const isLate = await Promise.race([
        before.then(() => false),
        systemClock.sleep(patienceMs, end.signal).then(() => true),
      ]);
      end.abort();
      if (isLate) return false;
    }
    return true;
  }

  /** What the API server was asked so far, by everybody. */
  async requests(): Promise<ApiRequests> {
    const { stdout } = await this.plane.kubectl(["get", "--raw=/metrics"]);
    return parseRequests(stdout);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#stop.abort();
    this.#kube[Symbol.dispose]();
    await this.plane.stop();
  }

  #create(i: number, annotations: Readonly<Record<string, string>>): Promise<void> {
    return post(this.#kube, pathOf(SERVICES, { namespace: "default" }), {
      metadata: { name: `s${i}`, annotations },
      // There are fewer node ports than Services.
      spec: { type: "LoadBalancer", ports: [{ port: 80 }], allocateLoadBalancerNodePorts: false },
    });
  }

  async #follow(): Promise<void> {
    const deps = { clock: systemClock, random: Math.random, log: () => {} };
    const changes = watch(this.#kube, SERVICES, { namespace: "default" }, deps, this.#stop.signal);
    for await (const change of changes) {
      const before = this.#seen.size;
      if (change.kind === "all") {
        for (const [key, { ingress }] of change.objects) this.#note(key, ingress[0]?.ip);
      } else if (change.kind === "set") {
        this.#note(change.key, change.object.ingress[0]?.ip);
      }
      if (this.#seen.size === before) continue;
      this.#news.resolve();
      this.#news = Promise.withResolvers();
    }
  }

  #note(key: string, address: string | undefined): void {
    const known = this.#seen.get(key);
    if (known !== undefined && known.address !== address) this.#changes++;
    if (known === undefined && address !== undefined) {
      this.#seen.set(key, { address, at: Date.now() });
    }
  }
}

async function inParallel(
  from: number,
  to: number,
  work: (i: number) => Promise<void>,
): Promise<void> {
  let next = from;
  const worker = async (): Promise<void> => {
    while (next < to) await work(next++);
  };
  await Promise.all(Array.from({ length: PARALLEL }, worker));
}
