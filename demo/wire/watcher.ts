import type { Mac } from "../../ip/mac.ts";
import type { Machine } from "../lan/lan.ts";
import type { Handover } from "./sightings.ts";
import { parseWitnessLine, type WitnessLine } from "./witness_line.ts";

/** What is known of an address on the wire at one moment. */
export interface Look {
  /** Instant of the look: ms since 1970, as all of them. */
  readonly at: number;
  readonly owner: Mac | undefined;
  /** When somebody answered last; 0: never. */
  readonly lastAt: number;
  /** Requests so far, and answers to them. */
  readonly sent: number;
  readonly answers: number;
}

/** A witness on the LAN, listened to. */
export interface Watcher extends AsyncDisposable {
  /** The latest look; absent until the witness has begun. */
  readonly look: Look | undefined;
  /** Every change of who answers, since the beginning. */
  readonly handovers: readonly Handover[];
  /** What it said instead of looks. */
  readonly complaint: string;
}

/** Starts a witness process on a machine, and keeps what it tells. */
export function openWatcher(
  machine: Machine,
  argv: readonly string[],
  env: Readonly<Record<string, string>>,
): Watcher {
  const options = { stdin: "null", stdout: "piped", stderr: "piped", env: { ...env } } as const;
  const child = machine.command(argv, options).spawn();
  const handovers: Handover[] = [];
  let look: Look | undefined;
  let complaint = "";
  const take = (line: WitnessLine | undefined): void => {
    if (line?.kind === "handover") handovers.push(line);
    if (line?.kind === "state") look = line;
  };
  const reading = readLines(child.stdout, (line) => take(parseWitnessLine(line)));
  const complaining = child.stderr.text().then((text) => complaint = text.trim());
  return {
    get look() {
      return look;
    },
    get complaint() {
      return complaint;
    },
    handovers,
    [Symbol.asyncDispose]: async () => {
      // The whole LAN may have gone before.
      try {
        child.kill("SIGKILL");
      } catch (error) {
        if (!(error instanceof TypeError) && !(error instanceof Deno.errors.NotFound)) throw error;
      }
      await Promise.all([reading, complaining, child.status]);
    },
  };
}

/** Hands over each line of a stream, as soon as it is whole, until the stream ends. */
export async function readLines(
  stream: ReadableStream<Uint8Array<ArrayBuffer>>,
  take: (line: string) => void,
): Promise<void> {
  let rest = "";
  for await (const text of stream.pipeThrough(new TextDecoderStream())) {
    const lines = (rest + text).split("\n");
    rest = lines.pop() ?? "";
    lines.forEach(take);
  }
}
