/** MetalLB's file of interfaces on which nothing is announced. */
import type { Problem, Source } from "./config.ts";
import { problemAt, Reader, type Spot } from "./reader.ts";
import { quote, type Tree } from "./tree.ts";
import { parseYaml, type Placed } from "./yaml.ts";

/** Where MetalLB's manifests mount it. */
export const EXCLUDED_INTERFACES_FILE = "/etc/metallb/excludel2.yaml";

/** The key of the file. */
export const EXCLUDED_INTERFACES_KEY = "announcedInterfacesToExclude";

/**
 * What counts where there is no file: the list that MetalLB's manifests install, interfaces that container
 * networks and virtual machines make by the dozen.
 */
export const DEFAULT_EXCLUDED_INTERFACES: readonly RegExp[] = [
  "docker",
  "cbr",
  "dummy",
  "virbr",
  "lxcbr",
  "veth",
  "lo$",
  "cali",
  "tunl",
  "flannel",
  "kube-ipvs",
  "cni",
  "nodelocaldns",
  "lxc",
].map((beginning) => new RegExp(`^${beginning}`));

/** What such a file says; of no use when there are problems. */
export interface ExcludedInterfaces {
  /** A name that any of these matches is left out; they match anywhere in it unless they say otherwise. */
  readonly patterns: readonly RegExp[];
  /** All of them errors. */
  readonly problems: readonly Problem[];
}

/**
 * Reads the file: YAML with the key `announcedInterfacesToExclude`. Without it, or with none, nothing is left out.
 *
 * @param placed maps positions, where the text stands within a larger file
 */
export function parseExcludedInterfaces(
  text: string,
  source: Source,
  placed?: Placed,
): ExcludedInterfaces {
  const { documents, faults } = parseYaml(text, placed);
  const problems = faults.map(({ line, column, message }) =>
    problemAt("error", { source, path: "", at: { line, column } }, message)
  );
  const [tree] = documents;
  if (tree === undefined) return { patterns: [], problems };
  const read = readExcludedInterfaces(tree, source);
  return { patterns: read.patterns, problems: [...problems, ...read.problems] };
}

/** Reads the content of the file. */
export function readExcludedInterfaces(tree: Tree, source: Source): ExcludedInterfaces {
  const reader = new Reader("manifest");
  const root: Spot = { source, path: "", name: "file", tree, at: tree.at };
  const fields = reader.fields(root, [EXCLUDED_INTERFACES_KEY], "excluded interfaces");
  const patterns = reader.texts(fields?.get(EXCLUDED_INTERFACES_KEY)).flatMap(({ text, spot }) => {
    const pattern = parsePattern(text);
    if (pattern instanceof RegExp) return [pattern];
    reader.error(spot, `Cannot use pattern ${quote(text)}: ${pattern}`);
    return [];
  });
  return { patterns, problems: reader.problems };
}

/** Go's escapes and classes that mean another thing here, or nothing (re2 syntax, ECMA-262 §22.2.1). */
const OTHER_IN_GO = /\\[AzQECpPa]|\[\[:|\(\?[a-zA-Z-]+\)|\(\?P</;

/** The pattern, or why there is none. */
function parsePattern(text: string): RegExp | string {
  const [other] = OTHER_IN_GO.exec(text) ?? [];
  if (other !== undefined) return `need "^", "$" and plain classes, have ${quote(other)}`;
  try {
    return new RegExp(text);
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    return `need a regular expression, have a fault: ${error.message.replace(/^.*: /, "")}`;
  }
}
