/** RFC 1123: what most objects of Kubernetes may be named, cut where MetalLB's own converter cuts. */
const VALID = /^(?!.{254})[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$/;
const MAX_MADE_LENGTH = 63;

/**
 * A name that an object may have, as near to the text as can be: lower case, anything that is not allowed
 * a dash. A name that is allowed stays as it is.
 *
 * @example
 * ```ts
 * import { nearestName } from "./names.ts";
 * if (nearestName("Office_LAN ", "pool") !== "office-lan") throw new Error("a DNS name");
 * ```
 * @param otherwise of what nothing is left
 */
export function nearestName(text: string, otherwise: string): string {
  if (VALID.test(text)) return text;
  const made = trim(text.toLowerCase().replace(/[^a-z0-9-]+/g, "-"));
  return trim(made.slice(0, MAX_MADE_LENGTH)) || otherwise;
}

/** Gives each object of a kind a name of its own. */
export class Names {
  readonly #taken = new Set<string>();

  /** Notes a name that is not free. */
  reserve(kind: string, name: string): void {
    this.#taken.add(`${kind}/${name}`);
  }

  /** As `take`, for all of them at once: who can keep its name keeps it. Equal texts have one name. */
  takeAll(kind: string, texts: readonly string[]): ReadonlyMap<string, string> {
    const inTurn = [...new Set(texts)]
      .toSorted((a, b) => Number(VALID.test(b)) - Number(VALID.test(a)));
    return new Map(inTurn.map((text) => [text, this.take(kind, text)]));
  }

  /** The nearest name that no other object of the kind has: with a number behind it where need be. */
  take(kind: string, text: string): string {
    const base = nearestName(text, kind.toLowerCase());
    let name = base;
    for (let count = 2; this.#taken.has(`${kind}/${name}`); count++) {
      const suffix = `-${count}`;
      name = `${trim(base.slice(0, 253 - suffix.length))}${suffix}`;
    }
    this.reserve(kind, name);
    return name;
  }
}

function trim(text: string): string {
  return text.replace(/^[^a-z0-9]+|[^a-z0-9]+$/g, "");
}
