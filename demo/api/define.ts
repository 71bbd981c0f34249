import { ageColumn, nameColumn } from "./column.ts";
import type { Kind } from "./kind.ts";

/** What a kind must say of itself; the rest has a default. */
export type KindOptions =
  & Pick<Kind, "kind" | "plural">
  & Partial<Omit<Kind, "kind" | "plural">>;

/** A built-in kind: namespaced, in the core group at v1, without subresources, unless told otherwise. */
export function defineKind(options: KindOptions): Kind {
  const group = options.group ?? "";
  return {
    group,
    version: "v1",
    singular: options.kind.toLowerCase(),
    shortNames: [],
    categories: [],
    scope: "Namespaced",
    subresources: [],
    schema: { type: "object", "x-kubernetes-preserve-unknown-fields": true },
    columns: DEFAULT_COLUMNS,
    selectable: [],
    origin: "built-in",
    storage: `${group}/${options.plural}`,
    generation: "none",
    statusMetadata: "all",
    newStatus: "dropped",
    names: "subdomain",
    prepare: (next) => next,
    prepareStatus: (next) => next,
    check: () => [],
    read: (stored) => stored,
    write: (served) => served,
    ...options,
  };
}

const DEFAULT_COLUMNS = [nameColumn, ageColumn];
