/**
 * How many times as much as usual tests that try many cases shall try: `LANLORD_TEST_EFFORT`, a whole number.
 *
 * @default 1
 */
export function effort(): number {
  return Math.max(1, Number.parseInt(Deno.env.get("LANLORD_TEST_EFFORT") ?? "1") || 1);
}
