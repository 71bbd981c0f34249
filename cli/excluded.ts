import {
  DEFAULT_EXCLUDED_INTERFACES,
  EXCLUDED_INTERFACES_FILE,
  formatProblem,
  parseExcludedInterfaces,
} from "../config/mod.ts";
import { whyUnread } from "../ops/unread.ts";

/**
 * Which interfaces are left out, by name: those of the file, else of MetalLB's file where that exists, else of
 * the list that MetalLB's manifests install.
 *
 * @throws Error when the file cannot be read, or says something that cannot be meant; every place is named
 */
export async function readExcluded(
  file: string | undefined,
): Promise<(interfaceName: string) => boolean> {
  const read = await readPatterns(file ?? EXCLUDED_INTERFACES_FILE, file !== undefined);
  const patterns = read ?? DEFAULT_EXCLUDED_INTERFACES;
  return (name) => patterns.some((pattern) => pattern.test(name));
}

async function readPatterns(
  file: string,
  isAsked: boolean,
): Promise<readonly RegExp[] | undefined> {
  const text = await Deno.readTextFile(file).catch((error: unknown) => {
    if (error instanceof Deno.errors.NotFound && !isAsked) return undefined;
    throw new Error(`Cannot read ${file}: ${whyUnread(error)}`);
  });
  if (text === undefined) return undefined;
  const { patterns, problems } = parseExcludedInterfaces(text, { kind: "file", file });
  if (problems.length === 0) return patterns;
  throw new Error(problems.map(formatProblem).join("\n"));
}
