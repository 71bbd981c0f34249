import { createBell } from "../ops/bell.ts";
import type { Clock } from "../ops/clock.ts";
import type { Log } from "../ops/log.ts";
import { isConflict, isForbidden, isNotFound } from "./errors.ts";
import { isEqualJson, isObject, objectAt, objectsAt, stringAt } from "./json.ts";
import type { Kube, KubeCall } from "./kube.ts";
import { mergePatch } from "./patch.ts";
import { pathOf, type Resource } from "./resource.ts";
import type { Json, JsonObject } from "./types.ts";

export interface StatusKeeperDeps {
  readonly kube: Kube;
  readonly clock: Clock;
  /** From 0 up to, not including, 1. */
  readonly random: () => number;
  readonly log: Log;
}

/** Of which objects the status is kept. */
export interface StatusKeeperOptions {
  readonly resource: Pick<Resource<unknown>, "apiVersion" | "kind" | "plural">;
  readonly namespace: string;
  /** The one object that is kept, where it is but one: no other is read. */
  readonly name?: string;
  /** How long one object stays as it was written at least: what changes meanwhile is one write. */
  readonly gapMs: number;
  /** Up to how long a change waits, so that many who see it do not write at once. @default 0 */
  readonly spreadMs?: number;
  /** The `metadata` to create an object with that is not there; absent: that object is left alone. */
  readonly metadataOf?: (name: string) => JsonObject;
}

/** Writes under way at once. */
const CONCURRENCY = 4;

const RETRY_LEAST_MS = 1_000;
const RETRY_MOST_MS = 60_000;

/** When to ask again for a kind that the server does not have, or does not let us write. */
const ABSENT_MS = 600_000;

/** How often what stands there is read again: others may change it, or take it away. */
const IDLE_MS = 600_000;

interface Kept {
  /** What is known to stand there. */
  readonly status: JsonObject;
  /** Of the object as it was seen last: whoever else writes it is not written over. */
  readonly resourceVersion: string | undefined;
  /** ms, monotonic: not before this. */
  readonly notBefore: number;
  readonly failures: number;
}

const NOTHING_KEPT: Kept = {
  status: {},
  resourceVersion: undefined,
  notBefore: 0,
  failures: 0,
};

/**
 * Keeps the status of objects in one namespace as it is wanted, behind everything else: each object at most
 * once in a while, a few at once, only where something differs.
 */
export class StatusKeeper {
  readonly #deps: StatusKeeperDeps;
  readonly #options: StatusKeeperOptions;
  readonly #bell;
  readonly #kept = new Map<string, Kept>();
  readonly #wanted = new Map<string, JsonObject>();
  /** Names of those that may say something else than they should. */
  readonly #changed = new Set<string>();
  #readAt = -Infinity;

  constructor(deps: StatusKeeperDeps, options: StatusKeeperOptions) {
    this.#deps = deps;
    this.#options = options;
    this.#bell = createBell(deps.clock);
  }

  /**
   * What an object shall say from now on; `undefined`: it is no matter of ours. Fields that are not among
   * these are left alone.
   */
  set(name: string, status: JsonObject | undefined): void {
    if (status === undefined) {
      this.#wanted.delete(name);
      this.#kept.delete(name);
    } else {
      this.#wanted.set(name, status);
      if (!this.#changed.has(name)) this.#spread(name);
    }
    this.#changed.add(name);
    this.#bell.ring();
  }

  /** Reads what stands there, then writes until the signal aborts; never throws. */
  async run(signal: AbortSignal): Promise<void> {
    this.#readAt = -Infinity;
    while (!signal.aborted) {
      if (this.#deps.clock.now() - this.#readAt >= IDLE_MS) {
        this.#readAt = this.#deps.clock.now();
        await this.#readAll(signal);
      }
      const due = this.#due();
      if (due.length === 0) await this.#bell.wait(this.#nextMs(), signal);
      else await Promise.all(due.slice(0, CONCURRENCY).map((name) => this.#write(name, signal)));
    }
  }

  #spread(name: string): void {
    const { spreadMs } = this.#options;
    if (spreadMs === undefined) return;
    const { clock, random } = this.#deps;
    const kept = this.#kept.get(name) ?? NOTHING_KEPT;
    const notBefore = Math.max(kept.notBefore, clock.now() + random() * spreadMs);
    this.#kept.set(name, { ...kept, notBefore });
  }

  /** What cannot be read is written once, changed or not. */
  async #readAll(signal: AbortSignal): Promise<void> {
    const { kube, log } = this.#deps;
    const { resource, namespace, name: only } = this.#options;
    const query: Readonly<Record<string, string>> = only === undefined
      ? {}
      : { fieldSelector: `metadata.name=${only}` };
    for (const name of this.#wanted.keys()) this.#changed.add(name);
    try {
      const path = pathOf(resource, { namespace });
      const list = await kube.request({ method: "GET", path, query }, signal);
      const found = new Map(
        objectsAt(isObject(list) ? list : {}, "items").map((object) => [
          stringAt(objectAt(object, "metadata"), "name") ?? "",
          seen(object),
        ]),
      );
      for (const name of new Set([...this.#wanted.keys(), ...found.keys()])) {
        const kept = this.#kept.get(name) ?? NOTHING_KEPT;
        this.#kept.set(name, { ...kept, ...seen({}), ...found.get(name) });
      }
    } catch (error) {
      // Nothing else tells of a right that is missing; a server that is away is told of by the watches.
      const level = isForbidden(error) ? "warn" : "debug";
      if (!signal.aborted) log(level, "statusesNotRead", { kind: resource.kind, error });
    }
  }

  #due(): readonly string[] {
    const now = this.#deps.clock.now();
    return this.#different().filter((name) => this.#notBefore(name) <= now);
  }

  #nextMs(): number {
    const now = this.#deps.clock.now();
    const waits = [...this.#changed].map((name) => this.#notBefore(name) - now);
    return Math.max(0, Math.min(IDLE_MS, ...waits));
  }

  #notBefore(name: string): number {
    return this.#kept.get(name)?.notBefore ?? 0;
  }

  #different(): readonly string[] {
    for (const name of this.#changed) {
      const status = this.#wanted.get(name);
      if (status === undefined || isMergedIn(status, this.#kept.get(name)?.status ?? {})) {
        this.#changed.delete(name);
      }
    }
    return [...this.#changed];
  }

  async #write(name: string, signal: AbortSignal): Promise<void> {
    const { clock, log, random } = this.#deps;
    const status = this.#wanted.get(name);
    if (status === undefined) return;
    const before = this.#kept.get(name) ?? NOTHING_KEPT;
    try {
      const written = await this.#perform(name, status, before.resourceVersion, signal);
      const waitMs = written === undefined ? ABSENT_MS : this.#options.gapMs;
      const now = seen(written ?? {});
      // A server whose schema does not know a field drops it: it is not asked again and again.
      const kept = written === undefined ? now : { ...now, status: { ...now.status, ...status } };
      this.#kept.set(name, { ...kept, notBefore: clock.now() + waitMs, failures: 0 });
    } catch (error) {
      if (signal.aborted) return;
      if (isConflict(error)) this.#readAt = -Infinity;
      const failures = before.failures + 1;
      const waitMs = isForbidden(error)
        ? ABSENT_MS
        : Math.min(RETRY_MOST_MS, RETRY_LEAST_MS * 2 ** (failures - 1));
      const notBefore = clock.now() + waitMs * (0.75 + random() / 2);
      this.#kept.set(name, { ...before, notBefore, failures });
      const { kind } = this.#options.resource;
      log(failures === 1 ? "warn" : "debug", "statusNotWritten", { kind, name, error });
    }
  }

  /** @returns the object; `undefined` where it is not there */
  async #perform(
    name: string,
    status: JsonObject,
    resourceVersion: string | undefined,
    signal: AbortSignal,
  ): Promise<Json | undefined> {
    const { kube } = this.#deps;
    const { resource, namespace, metadataOf } = this.#options;
    const patchOf = (resourceVersion: string | undefined): KubeCall => {
      const at = { namespace, name, ...(resourceVersion && { resourceVersion }) };
      return mergePatch(resource, at, { status }, "status");
    };
    try {
      return await kube.request(patchOf(resourceVersion), signal);
    } catch (error) {
      if (!isNotFound(error)) throw error;
    }
    if (metadataOf === undefined) return undefined;
    const { apiVersion, kind } = resource;
    const body = { apiVersion, kind, metadata: { ...metadataOf(name), name } };
    try {
      await kube.request({ method: "POST", path: pathOf(resource, { namespace }), body }, signal);
    } catch (error) {
      if (isNotFound(error)) return undefined;
      throw error;
    }
    return await kube.request(patchOf(undefined), signal);
  }
}

/** What is kept of an object. */
function seen(object: Json): Pick<Kept, "status" | "resourceVersion"> {
  const { status, metadata } = isObject(object)
    ? { status: objectAt(object, "status"), metadata: objectAt(object, "metadata") }
    : { status: {}, metadata: {} };
  return { status, resourceVersion: stringAt(metadata, "resourceVersion") };
}

/** Whether merging would change nothing. */
function isMergedIn(wanted: JsonObject, there: JsonObject): boolean {
  return Object.entries(wanted).every(([field, value]) => isEqualJson(value, there[field] ?? null));
}
