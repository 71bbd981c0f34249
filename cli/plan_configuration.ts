import {
  assembleParsed,
  compareProblem,
  type ConfigInput,
  hasError,
  jsonObjectOf,
  type Problem,
} from "../config/mod.ts";
import { readObjects } from "../convert/mod.ts";
import type { JsonObject } from "../kube/mod.ts";
import { type ConfigurationPlace, readCluster } from "./cluster.ts";
import { sourceOfObjects } from "./cluster_files.ts";
import { readManifest } from "./manifest.ts";
import { readOrFail, type ReadText } from "./text_file.ts";

/** A configuration in files, or what is wrong with it. */
export type FileConfiguration =
  | { readonly kind: "configuration"; readonly input: ConfigInput }
  /** With an error among them; as `lanlord check` finds them. */
  | { readonly kind: "faulty"; readonly problems: readonly Problem[] };

/**
 * Reads files as one configuration: a ConfigMap, its value alone, or custom resources.
 *
 * @throws UsageError where a file cannot be read
 */
export async function readConfiguration(
  files: readonly string[],
  place: ConfigurationPlace,
  readText: ReadText,
): Promise<FileConfiguration> {
  const texts = [];
  for (const file of files) {
    texts.push({ file: file === "-" ? "stdin" : file, text: await readOrFail(readText, file) });
  }
  const manifests = texts.map(({ file, text }) => readManifest(file, text, place.namespace));
  const problems = [
    ...manifests.flatMap((manifest) => manifest.problems),
    ...assembleParsed(manifests.flatMap(({ parts }) => parts)).problems,
  ].toSorted(compareProblem);
  if (hasError(problems)) return { kind: "faulty", problems };
  const objects = texts.flatMap(({ file, text }) => objectsOf(file, text, place));
  const { config } = await readCluster(sourceOfObjects(objects), place);
  return { kind: "configuration", input: config };
}

/** The objects of a file; the value of the ConfigMap, where it stands alone, as the ConfigMap. */
function objectsOf(
  file: string,
  text: string,
  { namespace, configMapName }: ConfigurationPlace,
): readonly JsonObject[] {
  const { objects, bare } = readObjects(file, text);
  const configMaps = bare.map(({ tree }) => ({
    apiVersion: "v1",
    kind: "ConfigMap",
    metadata: { namespace, name: configMapName },
    data: { config: JSON.stringify(jsonObjectOf(tree)) },
  }));
  return [...objects.map(({ tree }) => jsonObjectOf(tree)), ...configMaps];
}
