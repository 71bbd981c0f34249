import { keyOf, type Scenario, type Step } from "./scenario.ts";

/** What a Service has and was told after one step. */
export interface Observed {
  /** As in `Expected`. */
  readonly has: string;
  /** All that was told about it so far, each once, as `type reason: message`. */
  readonly told: readonly string[];
}

/** All Services after one step, by `namespace/name`. */
export type Sight = Readonly<Record<string, Observed>>;

/** Something that is not as expected. */
export interface Mismatch {
  readonly kind: "address" | "event";
  /** The number of the step, from 1. */
  readonly step: number;
  /** `namespace/name`. */
  readonly service: string;
  readonly wanted: string;
  readonly found: string;
}

/**
 * Compares what is seen after a step of a scenario with what is wanted.
 *
 * @param sights what was seen after each step up to the one that is judged
 */
export function judge({ steps }: Scenario, sights: readonly Sight[]): readonly Mismatch[] {
  const step = sights.length;
  const sight = sights.at(-1) ?? {};
  const before = sights.at(-2) ?? {};
  const wanted = steps[step - 1];
  if (wanted === undefined) return [];
  const expect = Object.fromEntries(
    Object.entries(wanted.expect).map(([service, expected]) => [keyOf(service), expected]),
  );
  const keys = new Set([...Object.keys(expect), ...Object.keys(sight)]);
  return [...keys].toSorted().flatMap((service) => {
    const seen = sight[service] ?? { has: "gone", told: [] };
    const expected = expect[service] ??
      { has: hadAfter(steps.slice(0, step - 1), service), told: [] };
    const earlier = before[service]?.told ?? [];
    const news = seen.told.filter((text) => !earlier.includes(text));
    const about = { step, service };
    return [
      ...(seen.has === expected.has
        ? []
        : [{ ...about, kind: "address" as const, wanted: expected.has, found: seen.has }]),
      ...(areTold(expected.told, news) ? [] : [{
        ...about,
        kind: "event" as const,
        wanted: listOf(expected.told),
        found: listOf(news),
      }]),
    ];
  });
}

/** What a Service that a step does not mention is to have: what the last step that does says. */
function hadAfter(steps: readonly Step[], service: string): string {
  const last = steps.findLast(({ expect }) =>
    Object.keys(expect).some((name) => keyOf(name) === service)
  );
  const entry = Object.entries(last?.expect ?? {}).find(([name]) => keyOf(name) === service);
  return entry?.[1].has ?? "none";
}

function areTold(wanted: readonly string[], found: readonly string[]): boolean {
  return wanted.length === found.length &&
    wanted.every((pattern) => found.some((text) => isLike(pattern, text)));
}

function isLike(pattern: string, text: string): boolean {
  const [wanted, found] = [plainLists(pattern), plainLists(text)];
  return wanted.endsWith("…") ? found.startsWith(wanted.slice(0, -1)) : wanted === found;
}

/** With lists of one as the one alone: `["a"]`, which MetalLB has in more places than Lanlord, is `"a"`. */
function plainLists(text: string): string {
  return text.replaceAll(/\[("[^" ]*")\]/g, "$1");
}

function listOf(texts: readonly string[]): string {
  return texts.length === 0 ? "nothing told" : texts.toSorted().join("; and ");
}

/** A mismatch in one line. */
export function describeMismatch({ step, service, wanted, found }: Mismatch): string {
  return `step ${step}, ${service}: wanted ${wanted}, found ${found}`;
}
