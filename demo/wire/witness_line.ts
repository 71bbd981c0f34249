import { isObject, numberAt, stringAt } from "../../kube/json.ts";
import type { Json } from "../../kube/types.ts";
import { type Mac, parseMac } from "../../ip/mac.ts";
import type { Handover, Sightings } from "./sightings.ts";

/** What the witness tells, one JSON object a line. */
export type WitnessLine =
  | Handover & { readonly kind: "handover" }
  | Sightings & { readonly kind: "state"; readonly at: number; readonly sent: number };

/** Reads one line of the witness; `undefined` for anything else. */
export function parseWitnessLine(text: string): WitnessLine | undefined {
  const line: Json = JSON.parse(text);
  if (!isObject(line)) return undefined;
  const mac = (name: string): Mac | undefined => parseMac(stringAt(line, name) ?? "");
  const number = (name: string): number => numberAt(line, name) ?? 0;
  const lastAt = number("lastAt");
  if (line["kind"] === "handover") {
    const from = mac("from");
    const to = mac("to");
    if (from === undefined || to === undefined) return undefined;
    return { kind: "handover", from, to, lastAt, firstAt: number("firstAt") };
  }
  if (line["kind"] !== "state") return undefined;
  const counts = { at: number("at"), sent: number("sent"), answers: number("answers") };
  return { kind: "state", owner: mac("owner"), lastAt, ...counts };
}
