import type { JsonObject } from "../../kube/types.ts";
import { mapAt, numberAt, objectAt, textAt, withAt } from "./json.ts";

/** The `autoscaling/v1` Scale of a Deployment or ReplicaSet. */
export function scaleOf(object: JsonObject): JsonObject {
  const metadata = objectAt(object, "metadata");
  const fields = ["name", "namespace", "uid", "resourceVersion", "creationTimestamp"];
  const selector = Object.entries(mapAt(object, "spec", "selector", "matchLabels"))
    .map(([key, value]) => `${key}=${value}`).join(",");
  return {
    kind: "Scale",
    apiVersion: "autoscaling/v1",
    metadata: Object.fromEntries(fields.map((field) => [field, metadata[field] ?? ""])),
    spec: { replicas: numberAt(object, "spec", "replicas") ?? 0 },
    status: { replicas: numberAt(object, "status", "replicas") ?? 0, selector },
  };
}

/** The object with the number of replicas, and at the version, that a Scale says. */
export function withScale(object: JsonObject, scale: JsonObject): JsonObject {
  const replicas = numberAt(scale, "spec", "replicas") ?? 0;
  const version = textAt(scale, "metadata", "resourceVersion");
  const next = withAt(object, ["spec", "replicas"], replicas);
  return version === "" ? next : withAt(next, ["metadata", "resourceVersion"], version);
}
