import { LEADER_EVENTS } from "../../../controller/event_reasons.ts";
import type { EventEntry } from "../../../kube/event_note.ts";
import { SPEAKER_EVENTS } from "../../../speaker/told/event_reasons.ts";
import { code, GENERATED, table } from "./markdown.ts";

/** The page of all Events, as Markdown, not yet formatted. */
export function eventsPage(): string {
  return [
    GENERATED,
    "# Events",
    "`kubectl describe` shows them. Reasons and components are MetalLB's where it has the Event.",
    "## Of the leader",
    "From `metallb-controller`. Each follows the write that it tells of.",
    tableOf(LEADER_EVENTS),
    "## Of the speakers",
    "From `metallb-speaker`. What happens while the API is away is told when it is back. A start that " +
    "goes on with what the kernel still has tells nothing. A dual-stack Service has two addresses, each " +
    "held on its own, on one node or on two; a node that takes both at once tells so once.",
    tableOf(SPEAKER_EVENTS),
  ].join("\n\n");
}

function tableOf(entries: Readonly<Record<string, EventEntry>>): string {
  return table([
    ["reason", "type", "about", ""],
    ...Object.entries(entries).map(([reason, { type, about, text }]) => [
      code(reason),
      type,
      about,
      text,
    ]),
  ]);
}
