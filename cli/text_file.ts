import { whyUnread } from "../ops/unread.ts";
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
  const text = await readText(file).catch((error: unknown) => {
    const hint = error instanceof Deno.errors.IsADirectory
      ? `; name its files, as in ${file.replace(/\/+$/, "")}/*.yaml`
      : "";
    throw new UsageError(`Cannot read ${file}: ${whyUnread(error)}${hint}`);
  });
  // YAML has no such character: of a program or an archive every line would be an error.
  if (text.includes("\0")) throw new UsageError(`Cannot read ${file}: it is no text`);
  return text;
}
