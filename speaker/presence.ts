import {
  isAlreadyExists,
  isNotFound,
  type Kube,
  LEASES,
  mergePatch,
  type ObjectMeta,
  pathOf,
} from "../kube/mod.ts";
import type { JsonObject, Lease } from "../kube/mod.ts";
import type { Clock } from "../ops/clock.ts";
import type { Log } from "../ops/log.ts";
import { type Interface, parseInterfaces } from "./interfaces.ts";

/** Annotation of a presence Lease: the node's interfaces as JSON, see `formatInterfaces`. */
export const INTERFACES_ANNOTATION = "lanlord.dev/interfaces";

/** Label of every presence Lease, so that speakers watch these and no other Leases. */
export const PRESENCE_LABEL = "lanlord.dev/presence";

export interface PresenceDeps {
  readonly kube: Kube;
  readonly clock: Clock;
  readonly log: Log;
  readonly random: () => number;
  /** Called once, when the first attempt to write has come to an end. */
  readonly onTried: () => void;
}

const RETRY_LEAST_MS = 1_000;
const RETRY_MOST_MS = 30_000;

/** Name of the Lease that tells of a node's speaker. */
export function presenceName(node: string): string {
  return `lanlord-speaker-${node}`;
}

/** The node and interfaces that a presence Lease tells of; `undefined` for any other Lease. */
export function readPresence(
  lease: Lease,
): { readonly node: string; readonly interfaces: readonly Interface[] } | undefined {
  const text = lease.meta.annotations[INTERFACES_ANNOTATION];
  const node = lease.holderIdentity;
  const interfaces = text === undefined ? undefined : parseInterfaces(text);
  return node === undefined || interfaces === undefined ? undefined : { node, interfaces };
}

/**
 * Keeps this node's presence Lease as it should be: written at the start and on change, never to renew it.
 * The only writer of it. A server that is away is tried again with back-off; nothing waits for it.
 */
export class Presence {
  readonly #deps: PresenceDeps;
  readonly #namespace: string;
  readonly #node: string;
  #text: string | undefined;
  #owner: ObjectMeta | undefined;
  #changed = Promise.withResolvers<void>();
  #hasTried = false;

  constructor(deps: PresenceDeps, options: { readonly namespace: string; readonly node: string }) {
    this.#deps = deps;
    this.#namespace = options.namespace;
    this.#node = options.node;
  }

  /**
   * Whether the others had their chance to learn this node's MACs: before that, they would take what it
   * announces for a stranger's.
   */
  get hasTried(): boolean {
    return this.#hasTried;
  }

  /** What is to be told from now on. */
  set(text: string): void {
    if (text === this.#text) return;
    this.#text = text;
    this.#changed.resolve();
  }

  /** The Node that the Lease shall go with when it is deleted. */
  setOwner(node: ObjectMeta | undefined): void {
    if (node === undefined || node.uid === this.#owner?.uid) return;
    this.#owner = node;
    this.#changed.resolve();
  }

  /** Writes until the signal aborts; never throws. */
  async run(signal: AbortSignal): Promise<void> {
    const { clock, log, random } = this.#deps;
    let failures = 0;
    while (!signal.aborted) {
      if (failures === 0) await orAborted(this.#changed.promise, signal);
      if (signal.aborted) return;
      this.#changed = Promise.withResolvers();
      try {
        await this.#write(signal);
        this.#noteTried();
        failures = 0;
      } catch (error) {
        if (signal.aborted) return;
        failures++;
        log(failures === 1 ? "warn" : "debug", "presenceNotWritten", { error });
        this.#noteTried();
        const mostMs = Math.min(RETRY_MOST_MS, RETRY_LEAST_MS * 2 ** failures);
        await clock.sleep(mostMs * (0.5 + random() / 2), signal);
      }
    }
  }

  /** Takes the Lease away: the node has no speaker any more. */
  async remove(signal: AbortSignal): Promise<void> {
    const name = presenceName(this.#node);
    const path = pathOf(LEASES, { namespace: this.#namespace, name });
    try {
      await this.#deps.kube.request({ method: "DELETE", path }, signal);
    } catch (error) {
      if (!isNotFound(error)) this.#deps.log("warn", "presenceNotRemoved", { error });
    }
  }

  #noteTried(): void {
    if (this.#hasTried || this.#text === undefined) return;
    this.#hasTried = true;
    this.#deps.onTried();
  }

  async #write(signal: AbortSignal): Promise<void> {
    if (this.#text === undefined) return;
    const { kube } = this.#deps;
    const target = { namespace: this.#namespace, name: presenceName(this.#node) };
    const changes = this.#content(this.#text);
    try {
      await kube.request(mergePatch(LEASES, target, changes), signal);
    } catch (error) {
      if (!isNotFound(error)) throw error;
      await this.#create(target, changes, signal);
    }
  }

  async #create(
    target: { readonly namespace: string; readonly name: string },
    content: JsonObject & { readonly metadata: JsonObject },
    signal: AbortSignal,
  ): Promise<void> {
    const { namespace, name } = target;
    const { kube } = this.#deps;
    const body = {
      apiVersion: LEASES.apiVersion,
      kind: LEASES.kind,
      ...content,
      metadata: { ...content.metadata, namespace, name },
    };
    try {
      await kube.request({ method: "POST", path: pathOf(LEASES, { namespace }), body }, signal);
    } catch (error) {
      if (!isAlreadyExists(error)) throw error;
      await kube.request(mergePatch(LEASES, target, content), signal);
    }
  }

  #content(text: string): JsonObject & { readonly metadata: JsonObject } {
    const owner = this.#owner;
    const ownerReferences = owner === undefined
      ? []
      : [{ apiVersion: "v1", kind: "Node", name: owner.name, uid: owner.uid }];
    return {
      metadata: {
        labels: { [PRESENCE_LABEL]: "speaker" },
        annotations: { [INTERFACES_ANNOTATION]: text },
        ...owner === undefined ? {} : { ownerReferences },
      },
      spec: { holderIdentity: this.#node },
    };
  }
}

function orAborted(promise: Promise<void>, signal: AbortSignal): Promise<void> {
  const { promise: aborted, resolve } = Promise.withResolvers<void>();
  const finish = (): void => resolve();
  signal.addEventListener("abort", finish);
  if (signal.aborted) finish();
  return Promise.race([promise, aborted]).finally(() =>
    signal.removeEventListener("abort", finish)
  );
}
