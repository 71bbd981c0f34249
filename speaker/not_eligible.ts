import type { DesiredAndNot, NotEligible, NotHere } from "./desired.ts";

/** One line for the log: why this node may not hold an address. */
export interface RefusalToTell extends NotEligible {
  /** `info` where no node at all can announce the address, so that somebody has to act. */
  readonly level: "debug" | "info";
  readonly address: string;
}

/** What keeps an address from every node alike. */
const ANYWHERE: ReadonlySet<NotHere> = new Set(["no-pool", "no-advertisement"]);

/** What is worth telling after a look: every reason once, and again when it or the Services change. */
export function refusalsToTell(
  desired: Pick<DesiredAndNot, "notHere">,
  previous: Pick<DesiredAndNot, "notHere"> | undefined,
): readonly RefusalToTell[] {
  const told: RefusalToTell[] = [];
  for (const [address, refusal] of desired.notHere) {
    const before = previous?.notHere.get(address);
    if (before !== undefined && isSame(before, refusal)) continue;
    told.push({ level: ANYWHERE.has(refusal.reason) ? "info" : "debug", address, ...refusal });
  }
  return told;
}

function isSame(a: NotEligible, b: NotEligible): boolean {
  return a.reason === b.reason && a.services.join() === b.services.join();
}
