/** Milliseconds in which nobody answered, over several power cuts, in one line. */
export function gapSummary(gapsMs: readonly number[]): string {
  const sorted = gapsMs.toSorted((a, b) => a - b);
  const middle = sorted.length >> 1;
  const upper = sorted[middle] ?? 0;
  const median = sorted.length % 2 === 1 ? upper : ((sorted[middle - 1] ?? 0) + upper) / 2;
  const [min = 0, max = 0] = [sorted[0], sorted.at(-1)];
  return `${sorted.length} power cuts: silent for min ${min.toFixed(0)} ms, ` +
    `median ${median.toFixed(0)} ms, max ${max.toFixed(0)} ms`;
}
