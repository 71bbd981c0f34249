/** What `deploy/lanlord.yaml` lets each role do, right by right. */
import { objectAt, objectsAt, stringAt } from "../../../kube/json.ts";
import type { JsonObject } from "../../../kube/types.ts";
import { manifestObjects } from "../../manifest.ts";

/** The two programs that have a ServiceAccount. */
export type Role = "leader" | "speaker";

/** One verb of one resource. */
export interface Right {
  readonly role: Role;
  /** In the whole cluster, or in Lanlord's own namespace alone. */
  readonly scope: "cluster" | "namespace";
  /** Empty for the core group. */
  readonly group: string;
  /** With its subresource: `services/status`. */
  readonly resource: string;
  readonly verb: string;
  /** Of these objects alone; none: of all. */
  readonly names: readonly string[];
}

/** Every right that the manifest gives, in its order. */
export async function rightsOfManifest(): Promise<readonly Right[]> {
  const objects = await manifestObjects();
  return objects.flatMap((object) => {
    const scope = SCOPES.get(stringAt(object, "kind") ?? "");
    return scope === undefined ? [] : rightsOf(object, scope);
  });
}

/** A right as the rows name it: `watch services`, `patch services/status`. */
export function nameOf({ verb, resource }: Pick<Right, "verb" | "resource">): string {
  return `${verb} ${resource}`;
}

const SCOPES: ReadonlyMap<string, Right["scope"]> = new Map([
  ["ClusterRole", "cluster"],
  ["Role", "namespace"],
]);

function rightsOf(object: JsonObject, scope: Right["scope"]): readonly Right[] {
  const component = stringAt(objectAt(objectAt(object, "metadata"), "labels"), "component");
  const role = component === "leader" || component === "speaker" ? component : undefined;
  if (role === undefined) throw new RangeError("Cannot tell whose Role it is: no component");
  return objectsAt(object, "rules").flatMap((rule) => {
    const names = textsAt(rule, "resourceNames");
    return textsAt(rule, "apiGroups").flatMap((group) =>
      textsAt(rule, "resources").flatMap((resource) =>
        textsAt(rule, "verbs").map((verb) => ({ role, scope, group, resource, verb, names }))
      )
    );
  });
}

function textsAt(object: JsonObject, field: string): readonly string[] {
  const value = object[field];
  return Array.isArray(value)
    ? value.filter((text): text is string => typeof text === "string")
    : [];
}
