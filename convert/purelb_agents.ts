import { childOf, jsonObjectOf, quote } from "../config/tree.ts";
import type { Announcement } from "./left.ts";
import type { Note } from "./note.ts";
import { type FoundObject, nameObject, placeIn } from "./objects.ts";
import { textIn } from "./values.ts";

/** Where PureLB's node agents announce. */
export interface Agents {
  /** One where there is no LBNodeAgent: everywhere. */
  readonly announcements: readonly Announcement[];
  readonly notes: readonly Note[];
}

/** Fields of `spec.local` that Lanlord needs no word for, by their names in v1 and v2. */
const NOT_NEEDED = [
  "localint",
  "localInterface",
  "extlbint",
  "dummyInterface",
  "sendgarp",
  "garpConfig",
  "addressConfig",
];

/** An interface's name, and not a pattern of several. */
const INTERFACE_NAME = /^[A-Za-z0-9_.@-]{1,15}$/;

/** Reads LBNodeAgents: the interface, where one is named, and the nodes. */
export function readAgents(agents: readonly FoundObject[]): Agents {
  const read = agents.map(readAgent);
  const announcements = read.map(({ announcement }) => announcement);
  return {
    announcements: announcements.length > 0
      ? announcements
      : [{ interfaces: [], nodeSelectors: [] }],
    notes: read.flatMap(({ notes }) => notes),
  };
}

function readAgent(agent: FoundObject): {
  readonly announcement: Announcement;
  readonly notes: readonly Note[];
} {
  const spec = childOf(agent.tree, "spec");
  const local = childOf(spec, "local");
  const name = textIn(local, "localint") ?? textIn(local, "localInterface") ?? "default";
  const selector = childOf(spec, "nodeSelector");
  const isName = INTERFACE_NAME.test(name);
  const note = (key: string, why: string): Note => ({
    kind: "lost",
    place: placeIn(agent, childOf(local, key)),
    message: `Field ${quote(`spec.local.${key}`)} of ${nameObject(agent)}: ${why}`,
  });
  const others = local?.kind === "map"
    ? local.entries.map(({ key }) => key).filter((key) => !NOT_NEEDED.includes(key))
    : [];
  const pattern =
    `an L2Advertisement names interfaces one by one, and ${quote(name)} is a pattern; ` +
    "list them there, else all are used";
  return {
    announcement: {
      interfaces: isName && name !== "default" ? [name] : [],
      nodeSelectors: selector === undefined ? [] : [jsonObjectOf(selector)],
    },
    notes: [
      ...isName ? [] : [note(childOf(local, "localint") ? "localint" : "localInterface", pattern)],
      ...others.map((key) => note(key, "Lanlord has nothing of the kind")),
    ],
  };
}
