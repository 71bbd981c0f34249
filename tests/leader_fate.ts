import { Registry } from "prom-client";
import { parse as parseYaml } from "yaml";
import { type Api, createApi } from "../demo/api/mod.ts";
import { type ControllerOptions, runController } from "../controller/mod.ts";
import {
  anonymousCredentials,
  createClient,
  isNotFound,
  type Json,
  type JsonObject,
  type Kube,
  type KubeCall,
  type Service,
  SERVICES,
  startCache,
} from "../kube/mod.ts";
import { isObject, objectAt, objectsAt, stringAt } from "../kube/json.ts";
import { silentLog, VirtualClock } from "../kube/testing.ts";
import { Chronicle } from "./chronicle.ts";

/** A leader that a test started, and how to end it. */
export interface StagedProcess {
  /** Ends it at once or in an orderly way, as its client allows; resolves when nothing of it is left. */
  stop(): Promise<void>;
}

/**
 * An API server in memory, leaders on it, and time that passes only when told to: what happens depends on the
 * test alone. Everything that ever stood in the API about Services is written down.
 */
export class LeaderFate implements AsyncDisposable {
  readonly clock = new VirtualClock();
  readonly chronicle = new Chronicle();
  readonly #api: Api = createApi({ now: this.clock.nowWall.bind(this.clock) });
  readonly #end = new AbortController();
  readonly #running = new Set<StagedProcess>();
  readonly #kube = this.open();
  readonly #watched = startCache(
    this.#kube,
    SERVICES,
    {},
    {
      clock: this.clock,
      random: () => 0.5,
      log: silentLog,
      onChange: () => this.chronicle.note(this.#watched.objects),
    },
    this.#end.signal,
  );

  /** A client of its own for one process. */
  open(): Kube & Disposable {
    return createClient(anonymousCredentials("http://api"), {
      fetch: (request) => this.#api.fetch(request),
      clock: this.clock,
    });
  }

  /** Starts a leader with this client; it stands for the Lease at once. */
  start(kube: Kube, identity: string, options: Partial<ControllerOptions> = {}): StagedProcess {
    const stop = new AbortController();
    const ended = runController(
      { namespace: "default", configMapName: "config", lbClass: "", identity, ...options },
      {
        kube,
        clock: this.clock,
        random: () => 0.5,
        log: silentLog,
        registry: new Registry(),
        health: { beat: () => {}, ready: () => {} },
      },
      stop.signal,
    );
    const process: StagedProcess = {
      stop: async () => {
        stop.abort();
        this.#running.delete(process);
        await Promise.all([ended, this.clock.advance(3_000)]);
      },
    };
    this.#running.add(process);
    return process;
  }

  /** Makes MetalLB's kinds of pools known. */
  async installKinds(): Promise<void> {
    for (const kind of ["ipaddresspools", "l2advertisements"]) {
      const file = new URL(`../deploy/crds/metallb.io_${kind}.yaml`, import.meta.url);
      this.#api.load([parseYaml(await Deno.readTextFile(file))]);
    }
  }

  /** What users do, one call after the other. */
  async ask(...calls: readonly UserCall[]): Promise<void> {
    for (const call of calls) await this.#kube.request(call, this.#end.signal);
  }

  /** The same; what is not there any more is left alone. */
  async attempt(...calls: readonly UserCall[]): Promise<void> {
    for (const call of calls) {
      await this.ask(call).catch((error) => {
        if (!isNotFound(error)) throw error;
      });
    }
  }

  get services(): ReadonlyMap<string, Service> {
    return this.#watched.objects;
  }

  /** What users were told so far, as `name: reason: message`, in order of the alphabet, once for each time. */
  async told(): Promise<readonly string[]> {
    const call = { method: "GET", path: "/api/v1/namespaces/default/events" } as const;
    const answer: Json = await this.#kube.request(call, this.#end.signal);
    return objectsAt(isObject(answer) ? answer : {}, "items").flatMap(timesTold).toSorted();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const process of this.#running) await process.stop();
    this.#end.abort();
    await Promise.all([this.#watched.ended, this.clock.advance(1_000)]);
    this.#api.stop();
  }
}

/** One call of a user. */
export type UserCall = KubeCall;

function timesTold(event: JsonObject): readonly string[] {
  const name = stringAt(objectAt(event, "involvedObject"), "name") ?? "";
  const text = `${name}: ${stringAt(event, "reason")}: ${stringAt(event, "message")}`;
  return Array.from({ length: Number(event["count"] ?? 1) }, () => text);
}
