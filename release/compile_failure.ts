/** What deno says when it could not fetch the runtime that it puts in front of a program. */
const FETCH = /error sending request for url \((\S+)\)(?:: client error \(Connect\))?: ([^\n]+)/;

/**
 * Why `deno compile` failed, from what it wrote to its standard error: in one line, without colours and without the
 * trace of a stack.
 */
export function compileFailure(stderr: string, arch: string): string {
  const failed = FETCH.exec(stderr);
  if (failed !== null) {
    const [, url, why] = failed;
    return `Cannot compile for ${arch}: cannot fetch deno's runtime, ${url} (${why}); ` +
      "a file that is there already can be given by --target and --denort";
  }
  const told = stderr.split(/^Stack backtrace:/m)[0] ?? "";
  const lines = told.split("\n").map((line) => line.trim().replace(/^(error|\d+): /, ""));
  const layers = lines.filter((line) => line !== "" && line !== "Caused by:");
  return `Cannot compile for ${arch}: ${layers.join(": ")}`;
}
