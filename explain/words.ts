/** Turns of phrase that several texts have in common. */
import { type ClusterSnapshot, unreadReason } from "./snapshot.ts";

/** At most so many names are listed. */
const NAMES_MAX = 5;

/** The names, the first few of many, with how many there are besides. */
export function listNames(names: readonly string[]): string {
  if (names.length <= NAMES_MAX) return names.join(", ");
  return `${names.slice(0, NAMES_MAX).join(", ")} and ${names.length - NAMES_MAX} more`;
}

/** That of these kinds some are not known; `undefined` where all are. */
export function unreadText(cluster: ClusterSnapshot, kinds: readonly string[]): string | undefined {
  const texts = kinds.flatMap((kind) => {
    const why = unreadReason(cluster, kind);
    if (why === undefined) return [];
    return why === "forbidden" ? [`no right to list ${kind}s`] : [`no ${kind} in the files`];
  });
  return texts.length === 0 ? undefined : texts.join(", ");
}

/** The number with its noun: `1 pool`, `2 pools`. */
export function count(number: number, noun: string): string {
  return `${number} ${noun}${number === 1 ? "" : "s"}`;
}
