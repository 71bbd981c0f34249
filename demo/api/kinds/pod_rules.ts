import type { Json, JsonObject } from "../../../kube/types.ts";
import { isObject, listAt, textAt, withAt } from "../json.ts";
import type { FieldFault } from "../status.ts";

/** The object with a pull policy for every container: Always for `latest`, else IfNotPresent. */
export function withPullPolicies(object: JsonObject, path: readonly string[]): JsonObject {
  return ["containers", "initContainers"].reduce((next, field) => {
    const containers = listAt(next, ...path, field);
    if (containers.length === 0) return next;
    return withAt(next, [...path, field], containers.map(withPullPolicy));
  }, object);
}

function withPullPolicy(container: Json): Json {
  if (!isObject(container) || textAt(container, "imagePullPolicy") !== "") return container;
  const tag = /:([^/@]+)$/.exec(textAt(container, "image"))?.[1] ?? "latest";
  const isMoving = tag === "latest" && !textAt(container, "image").includes("@");
  return { ...container, imagePullPolicy: isMoving ? "Always" : "IfNotPresent" };
}

/** Faults of a pod's spec beyond its schema's: it needs containers, and they need images. */
export function podFaults(spec: Json | undefined, path: string): readonly FieldFault[] {
  const containers = listAt(spec, "containers");
  if (containers.length === 0) return [required(`${path}.containers`)];
  return containers.flatMap((container, index) =>
    textAt(container, "image") === "" ? [required(`${path}.containers[${index}].image`)] : []
  );
}

function required(field: string): FieldFault {
  return { reason: "FieldValueRequired", field };
}
