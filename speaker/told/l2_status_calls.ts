import {
  isAlreadyExists,
  isConflict,
  isNotFound,
  type Json,
  type Kube,
  type KubeCall,
  mergePatch,
  type ObjectMeta,
  parseObject,
  pathOf,
} from "../../kube/mod.ts";
import type { Clock } from "../../ops/clock.ts";
import {
  L2_STATUSES,
  type L2Status,
  l2StatusName,
  l2StatusOf,
  newL2Status,
  type WantedL2Status,
} from "./l2_status.ts";
import type { L2StatusAction } from "./l2_status_plan.ts";
import { Pace } from "../ownership/pace.ts";

export interface L2StatusCallsDeps {
  readonly kube: Kube;
  readonly clock: Clock;
  /** Where the objects are. */
  readonly namespace: string;
  /** The Node that the objects go with when it is deleted. */
  readonly owner: () => ObjectMeta | undefined;
}

/** 100 calls a second: 10,000 new objects of two calls each in 200 s, and the API server hardly notices. */
const PACE = { perWindow: 10, windowMs: 100 };

/** Carries out what is planned for ServiceL2Status objects, at a pace that floods nobody. */
export class L2StatusCalls {
  readonly #deps: L2StatusCallsDeps;
  readonly #pace = new Pace(PACE);

  constructor(deps: L2StatusCallsDeps) {
    this.#deps = deps;
  }

  /** @throws KubeError where the server does not do it */
  async perform(action: L2StatusAction, signal: AbortSignal): Promise<void> {
    switch (action.kind) {
      case "create":
        return await this.#create(action.wanted, signal);
      case "update":
        return await this.#update(action.current, action.wanted, signal);
      case "delete":
        return await this.#delete(action.current, signal);
      default:
        action satisfies never;
    }
  }

  /** Takes all objects that match away, in one call. @throws KubeError where the server does not do it */
  async deleteAll(labelSelector: string, signal: AbortSignal): Promise<void> {
    const path = pathOf(L2_STATUSES, { namespace: this.#deps.namespace });
    await this.#deps.kube.request({ method: "DELETE", path, query: { labelSelector } }, signal);
  }

  async #create(wanted: WantedL2Status, signal: AbortSignal): Promise<void> {
    const { namespace } = this.#deps;
    const body = newL2Status(wanted, this.#deps.owner());
    const call = { method: "POST", path: pathOf(L2_STATUSES, { namespace }), body } as const;
    let answer: Json;
    try {
      answer = await this.#ask(call, signal);
    } catch (error) {
      if (!isAlreadyExists(error)) throw error;
      await this.#clear(l2StatusName(wanted.service), signal);
      answer = await this.#ask(call, signal);
    }
    const created = parseObject(L2_STATUSES, answer);
    if (created !== undefined) await this.#update(created, wanted, signal);
  }

  /** Takes away what another node left, and what was there before the watch told of it. */
  async #clear(name: string, signal: AbortSignal): Promise<void> {
    const path = pathOf(L2_STATUSES, { namespace: this.#deps.namespace, name });
    try {
      const found = parseObject(L2_STATUSES, await this.#ask({ method: "GET", path }, signal));
      if (found !== undefined) await this.#delete(found, signal);
    } catch (error) {
      if (!isNotFound(error)) throw error;
    }
  }

  async #update(current: L2Status, wanted: WantedL2Status, signal: AbortSignal): Promise<void> {
    const { name, resourceVersion } = current;
    const target = { namespace: this.#deps.namespace, name, resourceVersion };
    await this.#ask(mergePatch(L2_STATUSES, target, l2StatusOf(wanted), "status"), signal);
  }

  /** Exactly this object: one that another node put in its place stays. */
  async #delete({ name, uid }: L2Status, signal: AbortSignal): Promise<void> {
    const path = pathOf(L2_STATUSES, { namespace: this.#deps.namespace, name });
    const body = { apiVersion: "v1", kind: "DeleteOptions", preconditions: { uid } };
    try {
      await this.#ask({ method: "DELETE", path, body }, signal);
    } catch (error) {
      if (!isNotFound(error) && !isConflict(error)) throw error;
    }
  }

  /** One call, when there is room for it. */
  async #ask(call: KubeCall, signal: AbortSignal): Promise<Json> {
    const { clock, kube } = this.#deps;
    for (let now = clock.now(); !this.#pace.hasRoom(now); now = clock.now()) {
      await clock.sleep(Math.max(1, this.#pace.nextRoom(now) - now), signal);
      signal.throwIfAborted();
    }
    this.#pace.count(1, clock.now());
    return await kube.request(call, signal);
  }
}
