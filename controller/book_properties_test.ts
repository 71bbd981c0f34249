import assert from "node:assert/strict";
import fc from "fast-check";
import type { Config } from "../config/config.ts";
import { type IpAddress, parseIp } from "../ip/address.ts";
import { keyOf } from "../kube/resource.ts";
import type { Namespace, Service } from "../kube/types.ts";
import { effort } from "../tests/effort.ts";
import { type Change, HISTORY, type Labels } from "../tests/book/history.ts";
import { Book } from "./book.ts";
import { decide } from "./decide.ts";
import type { Action } from "./plan.ts";
import { applyTo, serviceOf, type ServiceSpec, setAside } from "./testing.ts";

const NOW = "2026-01-01T00:00:00Z";

/** A world that changes, and a book that is told only what changed. */
class Stage {
  readonly services = new Map<string, Service>();
  readonly doubts = new Map<string, readonly IpAddress[]>();
  readonly namespaces = new Map<string, Namespace>();
  #version = 1;
  #config: Config | undefined;
  #setAside = setAside([]);
  #book: Book | undefined;

  change(change: Change): void {
    switch (change.kind) {
      case "put":
        return this.#put(placed(change.spec));
      case "edit": {
        const { spec, what } = change;
        const other = placed(spec);
        const known = this.services.get(keyOf(other.meta));
        if (known === undefined) return;
        const { meta } = known;
        return this.#put(
          what === "held"
            ? { ...known, ingress: other.ingress }
            : what === "annotations"
            ? { ...known, meta: { ...meta, annotations: other.meta.annotations } }
            : what === "labels"
            ? { ...known, meta: { ...meta, labels: other.meta.labels } }
            : what === "age"
            ? { ...known, meta: { ...meta, creationTimestamp: other.meta.creationTimestamp } }
            : { ...known, [what]: spec[what] },
        );
      }
      case "delete":
        return this.#put(undefined, keyOf(placed(change).meta));
      case "write": {
        const written = (this.#book?.actions ?? []).filter((_, i) =>
          change.isDue[i % change.isDue.length]
        );
        for (const action of written) this.#write(action);
        return;
      }
      case "doubt": {
        const address = parseIp(change.ip ?? "");
        const key = keyOf(placed(change).meta);
        if (address === undefined || !this.services.has(key)) this.doubts.delete(key);
        else this.doubts.set(key, [address]);
        return this.#tell(key);
      }
      case "label":
        return this.#label(change.namespace, change.labels);
      case "configure":
        this.#config = change.config;
        this.#book = undefined;
        return;
      case "quarantine":
        this.#setAside = change.setAside;
        this.#book = undefined;
        return;
      default:
        return change satisfies never;
    }
  }

  look(): void {
    const { quarantine, allowance } = this.#setAside;
    if (this.#book === undefined) {
      const { namespaces } = this;
      this.#book = new Book({ config: this.#config, quarantine, namespaces, lbClass: undefined });
      for (const key of this.services.keys()) this.#tell(key);
    }
    this.#book.look({ allowance, now: NOW });
    const { decisions, actions } = decide({
      config: this.#config,
      services: [...this.services.values()],
      namespaces: this.namespaces,
      doubtful: this.doubts,
      setAside: this.#setAside,
      lbClass: undefined,
      now: NOW,
    });
    assert.deepEqual(byKey(this.#book.decisions), byKey(decisions));
    assert.deepEqual(inOrder(this.#book.actions), inOrder(actions));
  }

  #put(service: Service | undefined, key = service && keyOf(service.meta)): void {
    if (key === undefined) return;
    if (service === undefined) {
      this.services.delete(key);
      this.doubts.delete(key);
    } else {
      const resourceVersion = `${++this.#version}`;
      this.services.set(key, { ...service, meta: { ...service.meta, resourceVersion } });
    }
    this.#tell(key);
  }

  #label(name: string, labels: Labels | undefined): void {
    const { meta } = serviceOf({ name });
    if (labels === undefined) this.namespaces.delete(name);
    else this.namespaces.set(name, { meta: { ...meta, namespace: "", labels } });
    for (const [key, { meta: { namespace } }] of this.services) {
      if (namespace === name) this.#tell(key);
    }
  }

  #write(action: Action): void {
    const service = this.services.get(keyOf(action.service.meta));
    // The API refuses what was decided on another version.
    if (service?.meta.resourceVersion !== action.service.meta.resourceVersion) return;
    this.#put(applyTo(service, [action]));
  }

  #tell(key: string): void {
    const service = this.services.get(key);
    this.#book?.put(key, { service, doubtful: this.doubts.get(key) ?? [] });
  }
}

/** One half of the Services is in one namespace, the other in another. */
function placed(spec: ServiceSpec): Service {
  return serviceOf({ ...spec, namespace: spec.name < "s5" ? "default" : "web" });
}

function byKey<V>(map: ReadonlyMap<string, V>): readonly (readonly [string, V])[] {
  return [...map].toSorted(([a], [b]) => (a < b ? -1 : 1));
}

/** The order of those that are not ours is of no meaning. */
function inOrder(actions: readonly Action[]): readonly Action[] {
  const key = ({ service }: Action): string => keyOf(service.meta);
  const foreign = actions.filter(({ decision }) => decision === undefined);
  const ours = actions.filter(({ decision }) => decision !== undefined);
  return [...foreign.toSorted((a, b) => (key(a) < key(b) ? -1 : 1)), ...ours];
}

Deno.test("a Book decides as all Services decided at once, after any changes in any batches", () => {
  fc.assert(
    fc.property(HISTORY, (history) => {
      const stage = new Stage();
      for (const batch of history) {
        batch.forEach((change) => stage.change(change));
        stage.look();
      }
    }),
    { numRuns: 300 * effort() },
  );
});
