/** What a command needs of the process, passed in so that tests can look. */
export interface Io {
  readonly stdout: (line: string) => void;
  readonly stderr: (line: string) => void;
  readonly env: (name: string) => string | undefined;
  readonly isTerminal: boolean;
  readonly hostname: string;
  /** Aborts on SIGINT or SIGTERM. */
  readonly signal: AbortSignal;
}

/** A fault of the user's, not of the program's: its message is printed without a stack, exit code 2. */
export class UsageError extends Error {
  override readonly name = "UsageError";
}
