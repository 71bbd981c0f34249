import { messageOf } from "../ops/log.ts";
import { UsageError } from "./io.ts";

/** Reads a file as text; `-` is standard input. Rejects with an Error that says why it cannot. */
export type ReadText = (file: string) => Promise<string>;

/** Reads real files. */
export async function readFileOrStdin(file: string): Promise<string> {
  if (file !== "-") return await Deno.readTextFile(file);
  return await new Response(Deno.stdin.readable).text();
}

/** The text of a file. @throws UsageError where it cannot be read */
export async function readOrFail(readText: ReadText, file: string): Promise<string> {
  return await readText(file).catch((error: unknown) => {
    throw new UsageError(`Cannot read ${file}: ${whyUnread(file, error)}`);
  });
}

function whyUnread(file: string, error: unknown): string {
  if (error instanceof Deno.errors.NotFound) return "there is no such file";
  if (error instanceof Deno.errors.IsADirectory) {
    return `it is a folder; name its files, as in ${file.replace(/\/+$/, "")}/*.yaml`;
  }
  return messageOf(error);
}
