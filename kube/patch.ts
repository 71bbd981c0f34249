import type { KubeCall } from "./call.ts";
import { pathOf, type Resource } from "./resource.ts";
import type { JsonObject, ObjectMeta } from "./types.ts";

/** RFC 7386: `null` removes a field, arrays are replaced whole. */
export const MERGE_PATCH = "application/merge-patch+json";

/** The object to change, as it was read. */
export type PatchTarget = Pick<ObjectMeta, "namespace" | "name"> & {
  /** The server refuses the patch (409) when the object has changed since. @default no such check */
  readonly resourceVersion?: string;
};

/**
 * A call that merges `changes` into an object, or into one of its subresources.
 *
 * @example
 * ```ts
 * import { mergePatch } from "./patch.ts";
 * import { SERVICES } from "./resources.ts";
 * const read = { namespace: "default", name: "whoami", resourceVersion: "7" };
 * const ingress = [{ ip: "192.168.0.200" }];
 * const call = mergePatch(SERVICES, read, { status: { loadBalancer: { ingress } } }, "status");
 * if (call.path !== "/api/v1/namespaces/default/services/whoami/status") throw new Error(call.path);
 * ```
 */
export function mergePatch(
  resource: Pick<Resource<unknown>, "apiVersion" | "plural">,
  target: PatchTarget,
  changes: JsonObject,
  subresource?: string,
): KubeCall {
  const { namespace, name, resourceVersion } = target;
  return {
    method: "PATCH",
    path: pathOf(resource, {
      namespace,
      name,
      ...(subresource === undefined ? {} : { subresource }),
    }),
    contentType: MERGE_PATCH,
    body: resourceVersion === undefined ? changes : withVersion(changes, resourceVersion),
  };
}

/** RFC 3339 in whole seconds (`metav1.Time`) of milliseconds since 1970. */
export function formatTime(wallMs: number): string {
  return new Date(wallMs).toISOString().replace(/\.[0-9]+Z$/, "Z");
}

/** RFC 3339 with microseconds (`metav1.MicroTime`) of milliseconds since 1970. */
export function formatMicroTime(wallMs: number): string {
  return new Date(wallMs).toISOString().replace(/Z$/, "000Z");
}

function withVersion(changes: JsonObject, resourceVersion: string): JsonObject {
  const metadata = changes["metadata"];
  const rest = typeof metadata === "object" && !Array.isArray(metadata) ? metadata : {};
  return { ...changes, metadata: { ...rest, resourceVersion } };
}
