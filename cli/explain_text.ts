import type { AddressVerdict, Gate, NodeVerdict, UnreadKind, Verdict } from "../explain/mod.ts";
import type { Marks } from "./marks.ts";
import { formatTable } from "./table.ts";

/** Wide enough for the longest name of a gate. */
const GATE_WIDTH = 19;

/** More nodes than these are counted, and not listed, unless all are wanted. */
const NODES_MAX = 12;

/** One verdict, gate by gate, for a terminal. */
export function verdictText(
  verdict: Verdict,
  nodesOf: (address: string) => readonly NodeVerdict[],
  marks: Marks,
): readonly string[] {
  return [
    `${verdict.service}: ${verdict.isSatisfied ? "" : "not satisfied: "}${verdict.summary}`,
    "",
    "Assignment",
    ...verdict.assignment.flatMap((gate) => gateLines(gate, marks)),
    ...verdict.addresses.flatMap((each) => addressLines(each, nodesOf(each.address), marks)),
  ];
}

/** One line for each verdict: the Service, the gate at which it fails, and why. */
export function verdictList(verdicts: readonly Verdict[]): readonly string[] {
  const rows = verdicts.map((verdict) => [
    verdict.service,
    verdict.failsAt ?? "",
    verdict.summary,
  ]);
  return formatTable([["SERVICE", "GATE", "WHY"], ...rows]);
}

/** What was not read, in a line for each cause. */
export function unreadLines(unread: readonly UnreadKind[]): readonly string[] {
  const byCause = Map.groupBy(unread, ({ why }) => why);
  const lines = Array.from(
    byCause,
    ([why, kinds]) => `${CAUSES[why]}: ${kinds.map(({ kind }) => kind).join(", ")}`,
  );
  return lines.length === 0 ? [] : ["", ...lines];
}

const CAUSES: Readonly<Record<UnreadKind["why"], string>> = {
  "forbidden": "No right to list",
  "not-installed": "Not installed in the cluster",
  "not-in-files": "Not in the files",
};

function gateLines(gate: Gate, marks: Marks): readonly string[] {
  const { result, found, cure } = gate;
  const head = `  ${marks[result]} ${gate.gate.padEnd(GATE_WIDTH)} ${found}`.trimEnd();
  if (cure === undefined) return [head];
  const margin = " ".repeat(marks[result].length + GATE_WIDTH + 4);
  return [head, `${margin}to solve it: ${cure}`];
}

function addressLines(
  { address, sharedWith, announcement, owner }: AddressVerdict,
  nodes: readonly NodeVerdict[],
  marks: Marks,
): readonly string[] {
  const shared = sharedWith.length === 0 ? "" : `, shared with ${sharedWith.join(", ")}`;
  return [
    "",
    `Announcement of ${address}${shared}`,
    ...announcement.flatMap((gate) =>
      gate.gate === "nodes" && gate.result !== "not-reached"
        ? [...gateLines(gate, marks), ...nodeLines(nodes, owner, marks)]
        : gateLines(gate, marks)
    ),
  ];
}

function nodeLines(
  nodes: readonly NodeVerdict[],
  owner: string | undefined,
  marks: Marks,
): readonly string[] {
  const shown = nodes.slice(0, NODES_MAX);
  const rows = shown.map(({ node, rank, found = "" }) => [
    rank === undefined ? marks["not-reached"] : marks["pass"],
    rank === undefined ? "" : `${rank}.`,
    node,
    node === owner ? `announces it${found === "" ? "" : `; ${found}`}` : found,
  ]);
  const margin = " ".repeat(marks["pass"].length + GATE_WIDTH + 4);
  const more = nodes.length - shown.length;
  return [
    ...formatTable(rows).map((line) => `${margin}${line}`),
    ...more === 0 ? [] : [`${margin}and ${more} more; -o json has all`],
  ];
}
