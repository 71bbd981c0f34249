import { parseAllDocuments } from "yaml";
import { isObject } from "../kube/json.ts";
import type { Json, JsonObject } from "../kube/types.ts";
import { ROOT } from "./source.ts";

/** What is installed with one command. */
export const MANIFEST = `${ROOT}deploy/lanlord.yaml`;

/** Every object of `deploy/lanlord.yaml`, in its order. */
export async function manifestObjects(): Promise<readonly JsonObject[]> {
  return objectsIn(await Deno.readTextFile(MANIFEST));
}

/** The objects in YAML documents, in their order; documents without one are left out. */
export function objectsIn(yaml: string): readonly JsonObject[] {
  return [...parseAllDocuments(yaml)].map((document): Json => document.toJS()).filter(isObject);
}
