import type { Config } from "../config/config.ts";
import type { Namespace, Service } from "../kube/types.ts";
import { differences } from "./audit.ts";
import { Book, type Look } from "./book.ts";
import { decide } from "./decide.ts";
import type { Input } from "./holdings.ts";
import type { Action } from "./plan.ts";
import { isSameQuarantine, type Quarantine } from "./quarantine.ts";
import type { PoolUsage } from "./usage.ts";

/** The world as one look finds it. */
export interface Scene {
  readonly config: Config | undefined;
  readonly quarantine: Quarantine;
  /** By name; always the same map. */
  readonly namespaces: ReadonlyMap<string, Namespace>;
  /** Keys of all Services that there are. */
  readonly keys: () => Iterable<string>;
  /** Keys of the Services that may have changed since the last look. */
  readonly changed: Iterable<string>;
  /** One Service as it is to be decided on. */
  readonly view: (key: string) => Input;
}

/** What came of one look. */
export interface Outlook {
  /** What must be written; see `plan`. */
  readonly actions: readonly Action[];
  /** Whether Services wait to be moved, as many as may were moved in the last minute. */
  readonly hasDelayedMoves: boolean;
  /** How full pools are: all that there are, or those of which it may have changed. */
  readonly use: { readonly kind: "all" | "changed"; readonly pools: readonly PoolUsage[] };
}

/**
 * Decides about what changed, and about everything anew when that is called for: when it begins, and when
 * configuration or quarantine change. Mutable, free of I/O.
 */
export class Decider {
  readonly #lbClass: string | undefined;
  #book: Book | undefined;
  #config: Config | undefined;
  #quarantine: Quarantine = new Map();
  /** Whether anything changed since the last audit. */
  #isAudited = false;

  /** @param lbClass see `ownershipOf` */
  constructor(lbClass: string | undefined) {
    this.#lbClass = lbClass;
  }

  /** The next look decides about everything anew. */
  forget(): void {
    this.#book = undefined;
  }

  look(scene: Scene, look: Look): Outlook {
    const known = this.#bookFor(scene);
    const book = known ?? this.#begin(scene);
    const keys = known === undefined ? scene.keys() : scene.changed;
    for (const key of keys) {
      book.put(key, scene.view(key));
      this.#isAudited = false;
    }
    book.look(look);
    return {
      actions: book.actions,
      hasDelayedMoves: book.hasDelayedMoves,
      use: { kind: known === undefined ? "all" : "changed", pools: book.takeChangedUse() },
    };
  }

  /**
   * Decides about everything at once, to see whether it comes to the same as the last look: returns the
   * keys of the Services about which it does not, and begins anew if there are any. There should never be.
   * Nothing is done where nothing changed since the last time.
   */
  audit(scene: Scene, { allowance, now }: Look): readonly string[] {
    if (this.#book === undefined || this.#isAudited) return [];
    const { config, quarantine, namespaces, keys, view } = scene;
    const services: Service[] = [];
    const doubtful = new Map<string, Input["doubtful"]>();
    for (const key of keys()) {
      const input = view(key);
      if (input.service !== undefined) services.push(input.service);
      if (input.doubtful.length > 0) doubtful.set(key, input.doubtful);
    }
    const setAside = { quarantine, allowance };
    const lbClass = this.#lbClass;
    const verdict = decide({ config, services, namespaces, doubtful, setAside, lbClass, now });
    const found = differences(this.#book, verdict);
    this.#isAudited = true;
    if (found.length > 0) this.forget();
    return found;
  }

  /** The book, where it can be gone on with. */
  #bookFor({ config, quarantine }: Scene): Book | undefined {
    const isOfThese = this.#config === config && isSameQuarantine(this.#quarantine, quarantine);
    return isOfThese ? this.#book : undefined;
  }

  #begin({ config, quarantine, namespaces }: Scene): Book {
    this.#config = config;
    this.#quarantine = quarantine;
    this.#book = new Book({ config, quarantine, namespaces, lbClass: this.#lbClass });
    return this.#book;
  }
}
