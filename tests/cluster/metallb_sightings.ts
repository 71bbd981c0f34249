/** What a witness on the LAN tells, one a line. Instants are in ms, of the witness's own clock. */
export type Sighting =
  /** Somebody answered for the address. */
  | { readonly kind: "arp"; readonly at: number; readonly address: string; readonly mac: string }
  /** A page came over the connection that stays open, or over a new one; or the open one broke. */
  | {
    readonly kind: "kept" | "new" | "broken";
    readonly at: number;
    /** `address:port`. */
    readonly address: string;
  };

/** What became of one address, or one `address:port`, while it was watched. */
export interface Passage {
  readonly address: string;
  readonly count: number;
  /** The longest time from one answer to the next. */
  readonly silenceMs: number;
  /** Who answered, in order, whoever answered before not repeated. */
  readonly owners: readonly string[];
  /** Answers of others than the first; once the last has answered, of others than the last. */
  readonly others: number;
}

/** What became of each address in sightings of one kind, in order of the first. */
export function passagesOf(
  sightings: readonly Sighting[],
  kind: Sighting["kind"],
): readonly Passage[] {
  const ofKind = sightings.filter((sighting) => sighting.kind === kind);
  const byAddress = Map.groupBy(ofKind, ({ address }) => address);
  return [...byAddress].map(([address, those]) => passageOf(address, those));
}

function passageOf(address: string, sightings: readonly Sighting[]): Passage {
  const silences = sightings.slice(1).map(({ at }, i) => at - (sightings[i]?.at ?? at));
  const macs = sightings.flatMap((sighting) => sighting.kind === "arp" ? [sighting.mac] : []);
  return {
    address,
    count: sightings.length,
    silenceMs: Math.round(Math.max(0, ...silences)),
    owners: macs.filter((mac, i) => mac !== macs[i - 1]),
    others: othersIn(macs),
  };
}

function othersIn(macs: readonly string[]): number {
  const last = macs.at(-1);
  const from = macs[0] === last ? 0 : macs.indexOf(last ?? "");
  return macs.slice(from).filter((mac) => mac !== last).length +
    macs.slice(0, from).filter((mac) => mac !== macs[0]).length;
}

/**
 * The most answers that the control gave between two of the address: what is missing for that long is not for want of
 * a processor.
 */
export function missedOf(
  sightings: readonly Sighting[],
  address: string,
  control: string,
): number {
  let [missed, most, hasAnswered] = [0, 0, false];
  for (const sighting of sightings) {
    if (sighting.kind !== "arp") continue;
    if (sighting.address === control && hasAnswered) missed++;
    if (sighting.address !== address) continue;
    most = Math.max(most, missed);
    [missed, hasAnswered] = [0, true];
  }
  return most;
}

/** A table for people: for each address who answered, the longest silences, and what the control had meanwhile. */
export function formatPassages(sightings: readonly Sighting[], control: string): string {
  const rowsOf = (kind: Sighting["kind"], what: string): readonly string[] =>
    passagesOf(sightings, kind).map(({ address, count, silenceMs, owners, others }) => {
      const ends = new Set([owners[0], owners.at(-1)]);
      const who = [...ends].join(" → ") + (others === 0 ? "" : `, ${others} by others`);
      const silence = `${silenceMs}`.padStart(6);
      const missed = kind === "arp" ? ` (${missedOf(sightings, address, control)} missed)` : "";
      return `  ${what.padEnd(20)} ${address.padEnd(20)} ${
        `${count}`.padStart(6)
      } ${silence} ms${missed}  ${who}`;
    });
  return [
    ...rowsOf("arp", "ARP answers"),
    ...rowsOf("new", "new connections"),
    ...rowsOf("kept", "one connection"),
    ...rowsOf("broken", "connections ended"),
  ].join("\n");
}
