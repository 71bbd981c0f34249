import { stringify } from "yaml";
import type { JsonObject } from "../kube/types.ts";

/** Objects as YAML documents. What YAML 1.1, which kubectl reads, would not take for a text is quoted. */
export function writeYaml(objects: readonly JsonObject[]): string {
  return objects
    .map((object) => stringify(object, { version: "1.1", lineWidth: 0 }))
    .join("---\n");
}
