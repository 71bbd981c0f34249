import { runCommand } from "./cli/command.ts";
import { COMMANDS, overview } from "./cli/commands.ts";
import type { Io } from "./cli/io.ts";
import { dropPermissions } from "./cli/permissions.ts";
import { versionText } from "./cli/version.ts";
import { nearestWord } from "./config/mod.ts";
import { messageOf } from "./ops/log.ts";

/** Runs the command that `args` names. @returns the exit code */
async function main(args: readonly string[], io: Io): Promise<number> {
  const [name, ...rest] = args;
  const hasStack = io.env("LANLORD_STACK") !== undefined;
  dropPermissions(name === "--version" ? "version" : name ?? "", io.env);
  if (name === undefined || name === "--help" || name === "-h" || name === "help") {
    io.stdout(overview());
    return name === undefined ? 2 : 0;
  }
  if (name === "version" || name === "--version") {
    io.stdout(await versionText());
    return 0;
  }
  const entry = COMMANDS.find((command) => command.name === name);
  if (entry === undefined) {
    const guess = nearestWord(name, [...COMMANDS.map((command) => command.name), "version"]);
    const hint = guess === undefined ? "lanlord --help lists them" : `did you mean "${guess}"?`;
    io.stderr(`lanlord: Unknown command "${name}": ${hint}`);
    return 2;
  }
  try {
    return await runCommand(await entry.load(), rest, io);
  } catch (error) {
    io.stderr(`lanlord ${name}: ${messageOf(error)}`);
    if (hasStack && error instanceof Error) {
      io.stderr(error.stack ?? "");
    }
    return 1;
  }
}

/** A signal that aborts at the first SIGINT or SIGTERM; a second one ends the process at once. */
function untilStopped(): AbortSignal {
  const stop = new AbortController();
  for (const [name, code] of [["SIGINT", 130], ["SIGTERM", 143]] as const) {
    Deno.addSignalListener(name, () => {
      if (stop.signal.aborted) Deno.exit(code);
      stop.abort();
    });
  }
  return stop.signal;
}

if (import.meta.main) {
  const code = await main(Deno.args, {
    // deno-lint-ignore no-console -- the one place where lines leave the process
    stdout: (line) => console.log(line),
    // deno-lint-ignore no-console
    stderr: (line) => console.error(line),
    env: (name) => Deno.env.get(name),
    isTerminal: Deno.stdout.isTerminal(),
    hostname: Deno.hostname(),
    signal: untilStopped(),
  });
  Deno.exit(code);
}
