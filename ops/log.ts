/** How much an event matters: info and above is for things an operator acts on. */
export type LogLevel = "debug" | "info" | "warn" | "error";

/** What is known about an event, by field name. Errors are written as their message and causes. */
export type LogFields = Readonly<Record<string, unknown>>;

/** Writes one event. `event` is a constant name such as `configStale`, never prose. */
export type Log = (level: LogLevel, event: string, fields?: LogFields) => void;

export const LOG_LEVELS = ["debug", "info", "warn", "error"] as const;

/** How and where a log is written. */
export interface LogOptions {
  /** Events below it are not written. */
  readonly level: LogLevel;
  /** `json`: one object a line, `ts`, `level` and `event` first. `text`: the same for people at a terminal. */
  readonly format: "json" | "text";
  readonly write: (line: string) => void;
  /** Wall clock, milliseconds since 1970. */
  readonly nowWall: () => number;
}

/** A log that writes each event as one line. */
export function createLog(options: LogOptions): Log {
  const least = LOG_LEVELS.indexOf(options.level);
  return (level, event, fields = {}) => {
    if (LOG_LEVELS.indexOf(level) < least) return;
    const ts = new Date(options.nowWall()).toISOString();
    const plain = Object.fromEntries(Object.entries(fields).map(([k, v]) => [k, plainOf(v)]));
    options.write(
      options.format === "json"
        ? JSON.stringify({ ts, level, event, ...plain })
        : textLine(ts, level, event, plain),
    );
  };
}

/** What an error says, with its causes, for one line of a log: never a stack. */
export function messageOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return error.cause === undefined ? error.message : `${error.message}: ${messageOf(error.cause)}`;
}

function plainOf(value: unknown): unknown {
  if (value instanceof Error) return messageOf(value);
  return typeof value === "bigint" ? value.toString() : value;
}

function textLine(
  ts: string,
  level: LogLevel,
  event: string,
  fields: Readonly<Record<string, unknown>>,
): string {
  const rest = Object.entries(fields)
    .filter(([, value]) => value !== undefined)
    .map(([key, value]) =>
      `${key}=${typeof value === "string" ? quote(value) : JSON.stringify(value)}`
    );
  return [ts.slice(11, 23), level.toUpperCase().padEnd(5), event, ...rest].join(" ");
}

function quote(text: string): string {
  return /^[^\s"=]+$/.test(text) ? text : JSON.stringify(text);
}
