/**
 * An in-memory Kubernetes API server: objects, watches, patches, discovery, tables and custom resources,
 * enough for an unmodified `kubectl` and for Lanlord. It only stores: nothing here acts on Deployments
 * or Services. Not here: authentication, admission, protobuf, CEL rules, field ownership of
 * server-side apply.
 *
 * @example
 * ```ts
 * import { createApi } from "./mod.ts";
 * const api = createApi();
 * const response = await api.fetch("http://demo/api/v1/namespaces/default");
 * if (response.status !== 200) throw new Error(await response.text());
 * ```
 * @module
 */
export { createApi } from "./api.ts";
export type { Api, ApiOptions, RequestEntry } from "./api.ts";
export type { Fault, Faults } from "./faults.ts";
export { serveApi } from "./serve.ts";
export type { ListenAddress, ServedApi } from "./serve.ts";
