import { mustRun } from "../demo/program.ts";

const ROOT = new URL("..", import.meta.url).pathname;

/**
 * The instant that a release says it was made at, in seconds since 1970: `SOURCE_DATE_EPOCH`, else when the commit
 * was made.
 *
 * @throws Error when neither is known
 */
export async function sourceDateSeconds(): Promise<number> {
  const given = Deno.env.get("SOURCE_DATE_EPOCH");
  if (given) return Number(given);
  try {
    return Number(await mustRun(["git", "log", "-1", "--format=%ct"], { cwd: ROOT }));
  } catch (cause) {
    const message = "Cannot date a release: set SOURCE_DATE_EPOCH, or use a clone";
    throw new Error(message, { cause });
  }
}
