import type { LogLine } from "./log_book.ts";

/** A line of level warn or error that a cluster in order may have. */
export interface Expected {
  /** @default any */
  readonly event?: string;
  /** What else is in it. */
  readonly pattern: RegExp;
  /** What happened in this cluster that it tells of. */
  readonly why: string;
}

/** The lines that ought not to be there: a refusal of the API, a warning without a cause, or no JSON at all. */
export function auditLogs(
  lines: readonly LogLine[],
  expected: readonly Expected[],
): readonly LogLine[] {
  return lines.filter(({ text }) => {
    if (/\b(401|403)\b.*(Unauthorized|Forbidden)/.test(text)) return true;
    const { level, event } = parse(text);
    if (level === "info" || level === "debug") return false;
    return !expected.some((known) => (known.event ?? event) === event && known.pattern.test(text));
  });
}

function parse(text: string): { readonly level?: unknown; readonly event?: unknown } {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === "object" && value !== null ? value : {};
  } catch (error) {
    if (error instanceof SyntaxError) return {};
    throw error;
  }
}
