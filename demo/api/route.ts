/** What a path of the API points at. */
export interface Route {
  readonly group: string;
  readonly version: string;
  readonly plural: string;
  /** Absent: all namespaces, or a kind without them. */
  readonly namespace: string | undefined;
  readonly name: string | undefined;
  readonly subresource: string | undefined;
}

/**
 * Reads `/api/v1/…` and `/apis/<group>/<version>/…`; `undefined` for every other path.
 *
 * @example
 * ```ts
 * import { parseRoute } from "./route.ts";
 * const route = parseRoute("/api/v1/namespaces/default/services/whoami/status");
 * if (route?.subresource !== "status") throw new Error("no status");
 * ```
 */
export function parseRoute(path: string): Route | undefined {
  const parts = path.split("/").filter((part) => part !== "").map(decodeURIComponent);
  const [root, ...afterRoot] = parts;
  if (root !== "api" && root !== "apis") return undefined;
  const [group = "", version, ...rest] = root === "api" ? ["", ...afterRoot] : afterRoot;
  if (version === undefined || rest.length === 0) return undefined;
  const isInNamespace = rest[0] === "namespaces" && rest.length > 2 && !isOfNamespace(rest[2]);
  const [plural, name, subresource, ...tooMany] = isInNamespace ? rest.slice(2) : rest;
  if (plural === undefined || tooMany.length > 0) return undefined;
  return {
    group,
    version,
    plural,
    namespace: isInNamespace ? rest[1] : undefined,
    name,
    subresource,
  };
}

/** Whether what follows `namespaces/<name>/` is a part of the Namespace itself. */
function isOfNamespace(part: string | undefined): boolean {
  return part === "status" || part === "finalize";
}
