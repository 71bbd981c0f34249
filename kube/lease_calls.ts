import type { Clock } from "../ops/clock.ts";
import type { ElectionEvent } from "./election.ts";
import { isNotFound } from "./errors.ts";
import type { Kube, KubeCall } from "./kube.ts";
import { formatMicroTime, mergePatch } from "./patch.ts";
import { pathOf } from "./resource.ts";
import { LEASES, parseObject } from "./resources.ts";
import type { JsonObject, Lease } from "./types.ts";

/** Whose calls, about which Lease. */
export interface LeaseCallsOptions {
  readonly namespace: string;
  readonly name: string;
  readonly identity: string;
  readonly leaseDurationMs: number;
}

/** How long an attempt may take, and what ends it early. */
export interface Limit {
  readonly timeoutMs: number;
  readonly signal: AbortSignal;
}

/** The calls that an election makes. Each rejects with KubeError, and tells its success as an event. */
export class LeaseCalls {
  readonly #kube: Kube;
  readonly #clock: Clock;
  readonly #options: LeaseCallsOptions;

  constructor(kube: Kube, clock: Clock, options: LeaseCallsOptions) {
    this.#kube = kube;
    this.#clock = clock;
    this.#options = options;
  }

  async read(limit: Limit): Promise<ElectionEvent> {
    try {
      const path = pathOf(LEASES, this.#options);
      return { kind: "read", lease: await this.#ask({ method: "GET", path }, limit) };
    } catch (error) {
      if (isNotFound(error)) return { kind: "read", lease: undefined };
      throw error;
    }
  }

  async create(limit: Limit): Promise<ElectionEvent> {
    const { namespace, name } = this.#options;
    const sentAt = this.#clock.now();
    const body = {
      apiVersion: LEASES.apiVersion,
      kind: LEASES.kind,
      metadata: { namespace, name },
      spec: this.#holding(0),
    };
    const path = pathOf(LEASES, { namespace });
    return {
      kind: "written",
      lease: await this.#ask({ method: "POST", path, body }, limit),
      sentAt,
    };
  }

  /** Becomes the holder, if the Lease is as it was read. */
  async take(from: Lease, limit: Limit): Promise<ElectionEvent> {
    return await this.#write(from, this.#holding((from.leaseTransitions ?? 0) + 1), limit);
  }

  /** Stays the holder, if the Lease is as it was read. */
  async renew(from: Lease, limit: Limit): Promise<ElectionEvent> {
    const spec = { renewTime: this.#time(), leaseDurationSeconds: this.#seconds() };
    return await this.#write(from, spec, limit);
  }

  /** Leaves the Lease to whoever comes next, if it is as it was read. */
  async release(from: Lease, limit: Limit): Promise<ElectionEvent> {
    const time = this.#time();
    const spec = {
      holderIdentity: "",
      leaseDurationSeconds: 1,
      renewTime: time,
      acquireTime: time,
    };
    const call = mergePatch(LEASES, from.meta, { spec });
    return { kind: "read", lease: await this.#ask(call, limit) };
  }

  async #write(from: Lease, spec: JsonObject, limit: Limit): Promise<ElectionEvent> {
    const sentAt = this.#clock.now();
    const lease = await this.#ask(mergePatch(LEASES, from.meta, { spec }), limit);
    return { kind: "written", lease, sentAt };
  }

  async #ask(call: KubeCall, { timeoutMs, signal }: Limit): Promise<Lease> {
    const lease = parseObject(LEASES, await this.#kube.request({ ...call, timeoutMs }, signal));
    if (lease === undefined) throw new TypeError("Cannot read Lease: wanted an object");
    return lease;
  }

  #holding(leaseTransitions: number): JsonObject {
    const time = this.#time();
    return {
      holderIdentity: this.#options.identity,
      leaseDurationSeconds: this.#seconds(),
      acquireTime: time,
      renewTime: time,
      leaseTransitions,
    };
  }

  /** The API has whole seconds, at least one. */
  #seconds(): number {
    return Math.max(1, Math.ceil(this.#options.leaseDurationMs / 1000));
  }

  #time(): string {
    return formatMicroTime(this.#clock.nowWall());
  }
}
