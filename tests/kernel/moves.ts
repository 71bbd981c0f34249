import { signalInside } from "../../demo/lan/holder.ts";
import { PART_VARIABLE } from "../../demo/part.ts";
import { parseWitnessLine } from "../../demo/wire/witness_line.ts";
import { nameOfMac, type SpeakerLan } from "./speaker_lan.ts";

const MAIN = new URL("../../main.ts", import.meta.url).pathname;

/** Another station answers than before. */
export interface Move {
  readonly from: string;
  readonly to: string;
  /** From the last answer of the one to the first of the other. */
  readonly gapMs: number;
}

/** A witness at work. */
export interface MoveWatch {
  /** It has begun to ask. */
  readonly begun: Promise<void>;
  /** Ends it; tells who answered after whom. */
  end(): Promise<readonly Move[]>;
}

/** Asks for the address each 4 ms, from the client, until it is ended. */
export function watchMoves(lan: SpeakerLan, address: string): MoveWatch {
  const part = JSON.stringify({ kind: "witness", address });
  const child = lan.client.command([Deno.execPath(), "run", "-A", MAIN, "demo"], {
    stdin: "null",
    stdout: "piped",
    stderr: "null",
    env: { [PART_VARIABLE]: part },
  }).spawn();
  const begun = Promise.withResolvers<void>();
  const text = readAll(child.stdout, begun.resolve);
  return {
    begun: begun.promise,
    end: async () => {
      await signalInside(child, "SIGTERM");
      await child.status;
      const lines = (await text).split("\n").filter((line) => line !== "").map(parseWitnessLine);
      return lines.flatMap((line) =>
        line?.kind === "handover"
          ? [{
            from: nameOfMac(line.from),
            to: nameOfMac(line.to),
            gapMs: line.firstAt - line.lastAt,
          }]
          : []
      );
    },
  };
}

async function readAll(
  stream: ReadableStream<Uint8Array>,
  onFirst: () => void,
): Promise<string> {
  const decoder = new TextDecoder();
  let text = "";
  for await (const chunk of stream) {
    onFirst();
    text += decoder.decode(chunk, { stream: true });
  }
  return text;
}
