import type { Json, JsonObject } from "../../../kube/types.ts";
import { isObject } from "../json.ts";

/** JSON Merge Patch (RFC 7396): objects merge, null removes, everything else replaces. */
export function mergePatch(target: Json | undefined, patch: Json): Json {
  if (!isObject(patch)) return patch;
  const next: Record<string, Json> = isObject(target) ? { ...target } : {};
  for (const [name, value] of Object.entries(patch)) {
    if (value === null) delete next[name];
    else next[name] = mergePatch(next[name], value);
  }
  return next;
}

/** As {@linkcode mergePatch} for whole objects. */
export function mergeObject(target: JsonObject, patch: JsonObject): JsonObject {
  const merged = mergePatch(target, patch);
  return isObject(merged) ? merged : target;
}
