import type { Machine } from "../../demo/lan/lan.ts";
import { readLines } from "../../demo/wire/watcher.ts";
import type { Mac } from "../../ip/mac.ts";
import { parseRound, type Round, type Sight } from "./sight.ts";

/** The witness on a machine, listened to. */
export interface Prober extends AsyncDisposable {
  /** Instant of the latest question: ms since 1970; 0 before the first. */
  readonly now: number;
  /** What it saw of an address, from an instant on. @throws RangeError for an address that it does not ask for */
  sights(address: string, since?: number): readonly Sight[];
  /** Who answered last for an address; absent while nobody ever did. */
  owner(address: string): Mac | undefined;
}

/** How the witness asks. */
export interface ProberOptions {
  /** Pause between two rounds; a little more passes from one to the next. @default 4 */
  readonly pauseMs?: number;
  /** Where it asks; it must have an IPv4 address. @default "eth0" */
  readonly interfaceName?: string;
}

const SCRIPT = new URL("./prober.ts", import.meta.url).pathname;

/**
 * Where it may be had, the witness has a real-time priority: it is to see what a loaded machine does, not to be part
 * of it.
 */
const REAL_TIME = 'chrt -f 10 true 2> /dev/null && exec chrt -f 10 "$@"; exec "$@"';

/** Starts a witness on a machine, and waits for its first round. @throws Error with what it said when it cannot begin */
export async function openProber(
  machine: Pick<Machine, "command">,
  addresses: readonly string[],
  { pauseMs = 4, interfaceName = "eth0" }: ProberOptions = {},
): Promise<Prober> {
  const argv = [Deno.execPath(), "run", "-A", SCRIPT, interfaceName, `${pauseMs}`, ...addresses];
  const child = machine.command(["sh", "-c", REAL_TIME, "sh", ...argv], {
    stdin: "null",
    stdout: "piped",
    stderr: "piped",
  }).spawn();
  const rounds: Round[] = [];
  const begun = Promise.withResolvers<void>();
  const reading = readLines(child.stdout, (line) => {
    rounds.push(parseRound(line));
    begun.resolve();
  });
  const complaint = child.stderr.text();
  const failed = child.status.then(async () => {
    throw new Error(`Cannot watch the wire: ${(await complaint).trim()}`);
  });
  await Promise.race([begun.promise, failed]);
  // From here on its end is for the reader of its rounds to notice.
  failed.catch(() => undefined);
  const owners = new OwnerIndex(rounds, addresses);
  return {
    get now() {
      return rounds.at(-1)?.at ?? 0;
    },
    sights: (address, since = 0) => {
      const place = placeOf(addresses, address);
      return rounds.slice(firstFrom(rounds, since)).map(({ at, macs }) => ({
        at,
        macs: macs[place] ?? [],
      }));
    },
    owner: (address) => owners.of(placeOf(addresses, address)),
    [Symbol.asyncDispose]: async () => {
      try {
        child.kill("SIGKILL");
      } catch (error) {
        // The whole LAN may have gone before.
        if (!(error instanceof TypeError) && !(error instanceof Deno.errors.NotFound)) throw error;
      }
      await Promise.all([reading, complaint, child.status]);
    },
  };
}

/** The last to answer for each address, from rounds that become more. */
class OwnerIndex {
  readonly #rounds: readonly Round[];
  readonly #owners: (Mac | undefined)[];
  #seen = 0;

  constructor(rounds: readonly Round[], addresses: readonly string[]) {
    this.#rounds = rounds;
    this.#owners = addresses.map(() => undefined);
  }

  of(place: number): Mac | undefined {
    for (const { macs } of this.#rounds.slice(this.#seen)) {
      macs.forEach(([first], i) => this.#owners[i] = first ?? this.#owners[i]);
    }
    this.#seen = this.#rounds.length;
    return this.#owners[place];
  }
}

function placeOf(addresses: readonly string[], address: string): number {
  const place = addresses.indexOf(address);
  if (place < 0) throw new RangeError(`The witness does not ask for "${address}"`);
  return place;
}

/** The place of the first round at or after an instant: they are in order of time. */
function firstFrom(rounds: readonly Round[], since: number): number {
  let [low, high] = [0, rounds.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((rounds[middle]?.at ?? 0) < since) low = middle + 1;
    else high = middle;
  }
  return low;
}
