import type { JsonObject } from "../../kube/types.ts";
import { apiVersionOf } from "./kind.ts";
import type { Kind } from "./kind.ts";
import { customKinds } from "./custom.ts";
import { textAt } from "./json.ts";

/** Which kinds are served, and where. */
export class Registry {
  readonly #builtIn: readonly Kind[];
  readonly #custom = new Map<string, readonly Kind[]>();
  #byPath = new Map<string, Kind>();

  constructor(builtIn: readonly Kind[]) {
    this.#builtIn = builtIn;
    this.#index();
  }

  /** All kinds: built-in ones first, then custom ones by name of their definition. */
  get kinds(): readonly Kind[] {
    return [...this.#byPath.values()];
  }

  find(group: string, version: string, plural: string): Kind | undefined {
    return this.#byPath.get(`${group}/${version}/${plural}`);
  }

  /** Any kind that serves the objects of a storage. */
  ofStorage(storage: string): Kind | undefined {
    return this.kinds.find((kind) => kind.storage === storage);
  }

  /** Serves, changes or (without `after`) drops the kinds of a CustomResourceDefinition. */
  define(name: string, after: JsonObject | undefined): readonly Kind[] {
    const before = this.#custom.get(name) ?? [];
    if (after === undefined) this.#custom.delete(name);
    else this.#custom.set(textAt(after, "metadata", "name"), customKinds(after));
    this.#index();
    return before;
  }

  #index(): void {
    const names = [...this.#custom.keys()].sort();
    const all = [...this.#builtIn, ...names.flatMap((name) => this.#custom.get(name) ?? [])];
    this.#byPath = new Map(
      all.map((kind) => [`${kind.group}/${kind.version}/${kind.plural}`, kind]),
    );
  }
}

/** Versions of a group, the preferred one first. */
export function versionsOf(kinds: readonly Kind[], group: string): readonly string[] {
  const versions = new Set(kinds.filter((kind) => kind.group === group).map((k) => k.version));
  return [...versions].sort(byMaturity);
}

/** Groups other than the core one, in order of first appearance. */
export function groupsOf(kinds: readonly Kind[]): readonly string[] {
  return [...new Set(kinds.map((kind) => kind.group))].filter((group) => group !== "");
}

/** Kinds of one `apiVersion`. */
export function kindsAt(kinds: readonly Kind[], apiVersion: string): readonly Kind[] {
  return kinds.filter((kind) => apiVersionOf(kind) === apiVersion);
}

/** v2, v1, v1beta2, v1beta1, v1alpha1: as the API server orders versions. */
function byMaturity(a: string, b: string): number {
  const rank = (version: string): readonly number[] => {
    const [, major = "0", stage = "", minor = "0"] = /^v(\d+)(alpha|beta)?(\d+)?$/.exec(version) ??
      [];
    return [stage === "" ? 2 : stage === "beta" ? 1 : 0, Number(major), Number(minor)];
  };
  const [left, right] = [rank(a), rank(b)];
  const index = left.findIndex((value, position) => value !== right[position]);
  return index < 0 ? 0 : (right[index] ?? 0) - (left[index] ?? 0);
}
