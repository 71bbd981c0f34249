import type { JsonObject } from "./types.ts";

/** One kind of object: where the API serves it, and which of its fields are kept. */
export interface Resource<T> {
  /** `v1`, `apps/v1`, `metallb.io/v1beta1` … */
  readonly apiVersion: string;
  readonly kind: string;
  /** The name in the path: `services`. */
  readonly plural: string;
  readonly scope: "Namespaced" | "Cluster";
  /** Keeps the used fields; `undefined` leaves the object out of lists, watches and caches. */
  readonly parse: (object: JsonObject) => T | undefined;
}

/**
 * The path of the collection, or of one object in it.
 *
 * @example
 * ```ts
 * import { pathOf } from "./resource.ts";
 * const services = { apiVersion: "v1", kind: "Service", plural: "services", scope: "Namespaced" } as const;
 * const path = pathOf(services, { namespace: "default", name: "whoami" });
 * if (path !== "/api/v1/namespaces/default/services/whoami") throw new Error(path);
 * ```
 */
export function pathOf(
  resource: Pick<Resource<unknown>, "apiVersion" | "plural">,
  at: { readonly namespace?: string; readonly name?: string; readonly subresource?: string } = {},
): string {
  const group = resource.apiVersion.includes("/") ? "/apis/" : "/api/";
  const namespace = at.namespace ? `/namespaces/${encodeURIComponent(at.namespace)}` : "";
  const name = at.name ? `/${encodeURIComponent(at.name)}` : "";
  const subresource = at.subresource ? `/${at.subresource}` : "";
  return `${group}${resource.apiVersion}${namespace}/${resource.plural}${name}${subresource}`;
}

/** The key of an object in caches, maps and logs: `namespace/name`, or `name` where there is no namespace. */
export function keyOf(meta: { readonly namespace: string; readonly name: string }): string {
  return meta.namespace === "" ? meta.name : `${meta.namespace}/${meta.name}`;
}

/**
 * Whether `a` is an earlier version than `b`, of the same kind of object. Resource versions are decimal
 * numbers that grow (KEP-5504; etcd's revisions have always been); where one is not, it is not known: false.
 */
export function isOlderVersion(
  a: { readonly resourceVersion: string },
  b: { readonly resourceVersion: string },
): boolean {
  const [x, y] = [a.resourceVersion, b.resourceVersion];
  if (!/^[0-9]+$/.test(x) || !/^[0-9]+$/.test(y)) return false;
  return x.length === y.length ? x < y : BigInt(x) < BigInt(y);
}
