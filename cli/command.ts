import { type CommandSpec, helpText, type ParsedFlags, parseFlags } from "./flags.ts";
import { type Io, UsageError } from "./io.ts";

/** A command of the program. */
export interface Command {
  readonly spec: CommandSpec;
  /** @returns the exit code */
  readonly run: (flags: FlagValues, io: Io) => Promise<number>;
}

/** A command line that was understood. */
export type FlagValues = Extract<ParsedFlags, { kind: "values" }>;

/**
 * Runs a command on its arguments: help, a fault in one line (exit code 2), or the command itself.
 * What the command throws reaches the caller, unless it is a UsageError.
 */
export async function runCommand(
  command: Command,
  args: readonly string[],
  io: Io,
): Promise<number> {
  const flags = parseFlags(command.spec, args, io.env);
  switch (flags.kind) {
    case "help":
      io.stdout(helpText(command.spec));
      return 0;
    case "fault":
      io.stderr(`lanlord ${command.spec.name}: ${flags.message}`);
      return 2;
    case "values":
      try {
        return await command.run(flags, io);
      } catch (error) {
        if (!(error instanceof UsageError)) throw error;
        io.stderr(`lanlord ${command.spec.name}: ${error.message}`);
        return 2;
      }
    default:
      return flags satisfies never;
  }
}
