/** How a program ended, and what it said. */
export interface Outcome {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** What a command is made with that `finish` is to run. */
export const PIPED = { stdin: "piped", stdout: "piped", stderr: "piped" } as const;

/**
 * Runs a command, made with `PIPED`, to its end; `stdin` is fed to it. Never rejects for an exit code.
 *
 * @throws Deno.errors.NotFound when there is no such program
 */
export async function finish(command: Deno.Command, stdin = ""): Promise<Outcome> {
  await using child = command.spawn();
  const feed = new Blob([stdin]).stream().pipeTo(child.stdin);
  const [output, fed] = await Promise.all([child.output(), feed.then(() => undefined, String)]);
  const text = new TextDecoder();
  const stderr = text.decode(output.stderr);
  // A command that ends without reading its input is no failure unless it says so itself.
  const note = fed !== undefined && output.code !== 0 && stderr === "" ? fed : "";
  return { code: output.code, stdout: text.decode(output.stdout), stderr: stderr + note };
}

/** Where and how a command is run. */
export interface RunOptions {
  /** The folder it runs in. @default this process's */
  readonly cwd?: string;
  /** Variables that it has besides those of this process. */
  readonly env?: Readonly<Record<string, string>>;
  /** Its standard input. @default nothing */
  readonly stdin?: string;
}

/** Runs a command to its end. Never rejects for an exit code. @throws Error when there is no such program */
export async function runToEnd(
  [program = "", ...args]: readonly string[],
  { stdin, ...where }: RunOptions = {},
): Promise<Outcome> {
  try {
    return await finish(new Deno.Command(program, { args, ...where, ...PIPED }), stdin);
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
    throw new Error(`Cannot run ${program}: there is no such program`);
  }
}

/** Runs a command that must succeed. @returns its standard output @throws Error with what it said when it does not */
export async function mustRun(argv: readonly string[], options?: RunOptions): Promise<string> {
  const { code, stdout, stderr } = await runToEnd(argv, options);
  if (code === 0) return stdout;
  throw new Error(`Cannot run "${argv.join(" ")}": exit code ${code}: ${stderr.trim()}`);
}
