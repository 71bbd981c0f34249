/**
 * The candidate that a mistyped word most likely means: at most a third of its letters differ
 * (one inserted, left out, replaced, or two neighbours swapped counts once), case aside.
 *
 * @example
 * ```ts
 * import { nearestWord } from "./suggest.ts";
 * if (nearestWord("adresses", ["name", "addresses"]) !== "addresses") throw new Error("one letter is missing");
 * ```
 */
export function nearestWord(word: string, candidates: readonly string[]): string | undefined {
  let best: { candidate: string; distance: number } | undefined;
  const written = plain(word);
  for (const candidate of candidates) {
    const meant = plain(candidate);
    const distance = editDistance(written, meant);
    const limit = Math.max(1, Math.floor(Math.max(written.length, meant.length) / 3));
    if (distance <= limit && (best === undefined || distance < best.distance)) {
      best = { candidate, distance };
    }
  }
  return best?.candidate;
}

/** `autoAssign`, `auto_assign` and `auto-assign` are the same word. */
function plain(word: string): string {
  return word.slice(0, 64).toLowerCase().replaceAll(/[-_ ]/g, "");
}

/** Optimal string alignment distance. */
function editDistance(a: string, b: string): number {
  let beforeLast: number[] = [];
  let last = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (let i = 1; i <= a.length; i++) {
    const row = [i];
    for (let j = 1; j <= b.length; j++) {
      const replaced = (last[j - 1] ?? 0) + (a[i - 1] === b[j - 1] ? 0 : 1);
      let cost = Math.min(replaced, (last[j] ?? 0) + 1, (row[j - 1] ?? 0) + 1);
      const isSwap = i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1];
      if (isSwap) cost = Math.min(cost, (beforeLast[j - 2] ?? 0) + 1);
      row.push(cost);
    }
    beforeLast = last;
    last = row;
  }
  return last[b.length] ?? 0;
}
