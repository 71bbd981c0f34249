import { openProber } from "../wire/open_prober.ts";
import { doubles, handovers, longestSilenceMs, type Sight, unanswered } from "../wire/sight.ts";
import type { Cluster } from "./cluster.ts";

/** How an address answered while something happened. */
export interface Watched {
  /** By `curl`, a new connection each time. */
  readonly pages: Pages;
  /** By ARP, every 20 ms. */
  readonly sights: readonly Sight[];
}

/** Attempts to get a page. */
export interface Pages {
  readonly answers: number;
  readonly failures: number;
  /** The longest time between two answers, in milliseconds. */
  readonly gapMs: number;
}

const ARP_PAUSE_MS = 20;

/** However long something takes, nobody asks for longer. */
const LIMIT_SECONDS = 300;

/** Prints a line for each attempt: nanoseconds since 1970 and the status of the answer, 000 where there was none. */
const ATTEMPTS = `
end=$(($(date +%s) + $2))
while [ $(date +%s) -lt $end ]; do
  status=$(curl -s -o /dev/null --connect-timeout "$3" -m 5 -w '%{http_code}' "$1")
  echo "$(date +%s%N) $status"
  sleep 0.01
done`;

/** How the LAN's machine asks. */
export interface WatchOptions {
  /**
   * Without a connection for so long, the attempt is given up: 0.05 tells how long nobody answered; 0.9, that a
   * segment was lost, since TCP sends it again after 1 s (RFC 6298 §2.1).
   */
  readonly connectSeconds: 0.05 | 0.9;
}

/** Has the LAN's machine ask for an address over and over while `happen` runs: for a page, and everybody by ARP. */
export async function watchAnswers(
  cluster: Cluster,
  address: string,
  { connectSeconds }: WatchOptions,
  happen: () => Promise<void>,
): Promise<Watched> {
  const pace = { pauseMs: ARP_PAUSE_MS };
  await using prober = await openProber(cluster.lanMachine, [address], pace);
  const values = [`http://${address}/`, `${LIMIT_SECONDS}`, `${connectSeconds}`];
  const argv = ["sh", "-c", ATTEMPTS, "sh", ...values];
  const piped = { stdin: "null", stdout: "piped", stderr: "null" } as const;
  const asking = cluster.lanMachine.command(argv, piped).spawn();
  const lines = asking.stdout.text();
  try {
    await happen();
  } finally {
    asking.kill("SIGKILL");
    await asking.status;
  }
  return { pages: measure(await lines), sights: prober.sights(address) };
}

/** Reads the lines that the attempts left; the last may be cut short. */
export function measure(lines: string): Pages {
  const attempts = lines.split("\n").slice(0, -1).map((line) => line.split(" "));
  const answered = attempts.filter(([, status]) => status === "200")
    .map(([nanoseconds = ""]) => Number(nanoseconds) / 1e6);
  const gaps = answered.slice(1).map((time, i) => time - (answered[i] ?? time));
  return {
    answers: answered.length,
    failures: attempts.length - answered.length,
    gapMs: Math.round(Math.max(0, ...gaps)),
  };
}

/** A line for people. */
export function formatWatched({ pages, sights }: Watched): string {
  const { answers, failures, gapMs } = pages;
  const silentMs = Math.round(longestSilenceMs(sights));
  const by = `${unanswered(sights)} of ${sights.length} ARP requests unanswered, ${silentMs} ms`;
  const moved = `${handovers(sights).length} moves, ${doubles(sights).length} times two answered`;
  return `${by} at most; ${moved}; ${answers} pages, ${failures} attempts without, ` +
    `${gapMs} ms between two at most`;
}
