import { parseConfigMap, readConfigMap } from "../config/configmap.ts";
import type { Problem } from "../config/config.ts";
import type { Parsed } from "../config/draft.ts";
import { hasError } from "../config/problem.ts";
import { type Place, problemAt } from "../config/reader.ts";
import { childOf, placedIn, type Tree } from "../config/tree.ts";
import { parseYaml } from "../config/yaml.ts";
import type { Found, FoundObject } from "./objects.ts";
import { labelsToKeep, type Origin } from "./resource.ts";
import { recordIn } from "./values.ts";

/** MetalLB's configuration of v0.8.3 to v0.12, wherever it was found. */
export interface MetallbConfigMap {
  readonly tree: Tree;
  readonly place: Place;
  readonly parsed: Parsed;
  readonly origin: Origin;
}

/** What a ConfigMap must say so that it is taken for MetalLB's. */
const TOP_KEY = /^\s*["']?(address-pools|peers|bgp-communities|bfd-profiles)["']?\s*:/m;

/** Reads MetalLB's ConfigMap, or its value alone. Two of them, or one with errors, are problems. */
export function readMetallb(
  found: readonly Found[],
  namespace: string | undefined,
): { readonly configMap?: MetallbConfigMap; readonly problems: readonly Problem[] } {
  const objects = found.flatMap((each) => each.objects).filter(isMetallbConfigMap);
  const read = [
    ...objects.flatMap((object) => readObject(object, namespace)),
    ...found.flatMap(({ bare }) => bare).map(({ tree, place }) => ({
      tree,
      place,
      parsed: readConfigMap(tree, place.source),
      origin: { namespace: namespace ?? "metallb-system", labels: {} },
    })),
  ];
  const [configMap, second] = read;
  const problems = read.flatMap(({ parsed }) => parsed.problems);
  if (second !== undefined) {
    const message =
      "Cannot convert two configurations of MetalLB at once: one stands there already";
    return { problems: [...problems, problemAt("error", second.place, message)] };
  }
  return { ...configMap && !hasError(problems) && { configMap }, problems };
}

function isMetallbConfigMap({ apiVersion, kind, tree }: FoundObject): boolean {
  if (apiVersion !== "v1" || kind !== "ConfigMap") return false;
  return TOP_KEY.test(recordIn(tree, "data")["config"] ?? "");
}

function readObject(
  object: FoundObject,
  namespace: string | undefined,
): readonly MetallbConfigMap[] {
  const value = childOf(childOf(object.tree, "data"), "config");
  if (value?.kind !== "text") return [];
  const { source } = object.place;
  const { documents: [tree] } = parseYaml(value.value, placedIn(value));
  const labels = recordIn(childOf(object.tree, "metadata"), "labels");
  const origin = {
    namespace: namespace ?? (object.namespace === "" ? "metallb-system" : object.namespace),
    labels: labelsToKeep(labels),
  };
  return [{
    tree: tree ?? { kind: "null" },
    place: object.place,
    parsed: parseConfigMap(value.value, source, placedIn(value)),
    origin,
  }];
}
