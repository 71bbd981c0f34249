/**
 * The Kubernetes API, as far as a controller needs it: one client on `fetch`, list and watch into
 * caches, Events, and leader election by Lease. It knows nothing about load balancing, and keeps only
 * the fields of objects that `Resource.parse` names.
 *
 * @example
 * ```ts ignore
 * import { createClient, loadCredentials, SERVICES, startCache } from "./kube/mod.ts";
 * const credentials = await loadCredentials({ env: (name) => Deno.env.get(name) });
 * using kube = createClient(credentials, { clock, log });
 * const services = startCache(kube, SERVICES, {}, { clock, random, log, onChange }, signal);
 * await services.ended;
 * ```
 *
 * @module
 */
export * from "./access.ts";
export * from "./cache.ts";
export * from "./call.ts";
export * from "./catch_up.ts";
export * from "./client.ts";
export * from "./credentials.ts";
export * from "./errors.ts";
export * from "./event_metrics.ts";
export * from "./event_note.ts";
export * from "./events.ts";
export { isArray, isObject } from "./json.ts";
export type { Cache, Kube } from "./kube.ts";
export * from "./lease.ts";
export * from "./list.ts";
export * from "./patch.ts";
export * from "./resource.ts";
export * from "./resources.ts";
export * from "./status_keeper.ts";
export type * from "./types.ts";
export * from "./watch.ts";
