/** How much an event matters: info and above is for things an operator acts on. */
export type LogLevel = "debug" | "info" | "warn" | "error";

/** What is known about an event, by field name. Errors are written as their message. */
export type LogFields = Readonly<Record<string, unknown>>;

/** Writes one event. `event` is a constant name such as `configStale`, never prose. */
export type Log = (level: LogLevel, event: string, fields?: LogFields) => void;
