import type { Outcome } from "../demo/control_plane/start.ts";

/** Runs a command to its end, `stdin` as its standard input. */
export async function run(
  [program = "", ...args]: readonly string[],
  stdin = "",
): Promise<Outcome> {
  const command = new Deno.Command(program, {
    args,
    stdin: "piped",
    stdout: "piped",
    stderr: "piped",
  });
  const child = command.spawn();
  // A command that ends without reading all of it says so by its exit code.
  const written = new Blob([stdin]).stream().pipeTo(child.stdin).catch(() => {});
  const { code, stdout, stderr } = await child.output();
  await written;
  const decoder = new TextDecoder();
  return { code, stdout: decoder.decode(stdout), stderr: decoder.decode(stderr) };
}
