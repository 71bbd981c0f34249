const UNIT_MS: Readonly<Record<string, number>> = {
  ns: 1e-6,
  us: 1e-3,
  µs: 1e-3,
  μs: 1e-3,
  ms: 1,
  s: 1_000,
  m: 60_000,
  h: 3_600_000,
};

/**
 * Reads a duration as Go writes it (`90s`, `1m30s`, `1.5h`, `0`), in milliseconds; `undefined` for anything else.
 *
 * @example
 * ```ts
 * import { parseDuration } from "./duration.ts";
 * if (parseDuration("1m30s") !== 90_000) throw new Error("a minute and a half");
 * ```
 */
export function parseDuration(text: string): number | undefined {
  const [, sign, digits = ""] = /^([-+]?)(.*)$/s.exec(text) ?? [];
  if (digits === "0") return 0;
  if (!/^((\d+(\.\d*)?|\.\d+)(ns|us|µs|μs|ms|s|m|h))+$/.test(digits)) return undefined;
  let total = 0;
  for (const [, number, unit] of digits.matchAll(/([\d.]+)([a-zµμ]+)/g)) {
    total += Number(number) * (UNIT_MS[unit ?? ""] ?? NaN);
  }
  return sign === "-" ? -total : total;
}
