import type { Cluster } from "./cluster.ts";

/** How an address answered while something happened to its node. */
export interface Watched {
  readonly answers: number;
  readonly failures: number;
  /** The longest time between two answers, in milliseconds. */
  readonly gapMs: number;
}

/** Prints a line for each attempt: nanoseconds since 1970 and the status of the answer, 000 where there was none. */
const ATTEMPTS = `
end=$(($(date +%s) + $2))
while [ $(date +%s) -lt $end ]; do
  status=$(curl -s -o /dev/null --connect-timeout 0.05 -m 0.5 -w '%{http_code}' "$1")
  echo "$(date +%s%N) $status"
  sleep 0.01
done`;

/**
 * Has the LAN's machine ask `url` over and over for `seconds`, a new connection each time, while `happen`
 * runs. An attempt is given up after 0.05 s without a connection.
 */
export async function watchAnswers(
  cluster: Cluster,
  url: string,
  seconds: number,
  happen: () => Promise<void>,
): Promise<Watched> {
  const watching = cluster.client(["sh", "-c", ATTEMPTS, "sh", url, String(seconds)]);
  const [{ stdout }] = await Promise.all([watching, happen()]);
  return measure(stdout);
}

/** Reads the lines that the attempts left. */
export function measure(lines: string): Watched {
  const attempts = lines.trim().split("\n").map((line) => line.split(" "));
  const answered = attempts.filter(([, status]) => status === "200")
    .map(([nanoseconds = ""]) => Number(nanoseconds) / 1e6);
  const gaps = answered.slice(1).map((time, i) => time - (answered[i] ?? time));
  return {
    answers: answered.length,
    failures: attempts.length - answered.length,
    gapMs: Math.round(Math.max(0, ...gaps)),
  };
}
