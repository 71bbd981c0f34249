import type { JsonObject } from "../../kube/types.ts";
import { listAt, textAt } from "./json.ts";
import type { Change } from "./store.ts";

/** Where an object is. */
export interface Place {
  readonly storage: string;
  readonly key: string;
}

/** Who depends on whom, by the owner references of all objects. */
export class Owners {
  readonly #dependents = new Map<string, Map<string, Place>>();

  /** The objects that name an owner. */
  dependentsOf(uid: string): readonly Place[] {
    return [...this.#dependents.get(uid)?.values() ?? []];
  }

  /** Takes note of a change. */
  observe(change: Change): void {
    const id = `${change.storage} ${change.key}`;
    for (const uid of ownersOf(change.before)) {
      const dependents = this.#dependents.get(uid);
      dependents?.delete(id);
      if (dependents?.size === 0) this.#dependents.delete(uid);
    }
    if (change.type === "DELETED") return;
    for (const uid of ownersOf(change.object)) {
      const dependents = this.#dependents.get(uid) ?? new Map<string, Place>();
      this.#dependents.set(uid, dependents.set(id, change));
    }
  }
}

/** The uids of the owners of an object. */
export function ownersOf(object: JsonObject | undefined): readonly string[] {
  return listAt(object, "metadata", "ownerReferences").map((owner) => textAt(owner, "uid"));
}
