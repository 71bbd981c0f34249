// deno-lint-ignore-file no-console
/**
 * Draws what happens on the wire when the node that answers loses power, as `docs/sequence.svg`. The times are those
 * of `speaker/ownership/timings.ts`.
 *
 *     deno run -A docs/sequence.ts
 */
import { DEFAULT_TIMINGS } from "../speaker/ownership/timings.ts";

const LANES = { client: 250, n1: 430, n2: 610, n3: 790 } as const;
type Lane = keyof typeof LANES;

const WIDTH_PX = 900;
const LANES_TOP_PX = 64;

const PLAIN = "#e6edf3";
const FAINT = "#9198a1";
const RED = "#ff7b72";
const GREEN = "#56d364";
const BLUE = "#79c0ff";

/** What is drawn at one moment. */
type Mark =
  | { readonly kind: "question"; readonly from: Lane; readonly to: Lane; readonly text: string }
  | { readonly kind: "answer"; readonly from: Lane; readonly to: Lane; readonly text: string }
  | { readonly kind: "lost"; readonly from: Lane; readonly to: Lane; readonly text: string }
  | { readonly kind: "to all"; readonly from: Lane; readonly color: string; readonly text: string }
  | { readonly kind: "power cut"; readonly at: Lane };

interface Moment {
  /** Since the power cut; absent: it is not said. */
  readonly ms?: number;
  /** Of its line, from the top. */
  readonly y: number;
  readonly mark: Mark;
}

const { watchIntervalMs, answerWithinMs, suspectIntervalMs, suspectRounds, burstMs } =
  DEFAULT_TIMINGS;

/** The silent question comes 10 ms after the cut, as one of three watchers asks every 33 ms. */
const ASKED_MS = 10;
const SUSPECTED_MS = ASKED_MS + answerWithinMs;
const CLAIMED_MS = SUSPECTED_MS + suspectRounds * suspectIntervalMs;

const MOMENTS: readonly Moment[] = [
  { y: 104, mark: question("are you there?") },
  { y: 128, mark: answer("n1's kernel answers") },
  { ms: 0, y: 168, mark: { kind: "power cut", at: "n1" } },
  { ms: ASKED_MS, y: 206, mark: { kind: "lost", from: "n2", to: "n1", text: "are you there?" } },
  ...Array.from({ length: suspectRounds }, (_, i): Moment => ({
    ms: SUSPECTED_MS + i * suspectIntervalMs,
    y: 258 + i * 44,
    mark: { kind: "to all", from: "n2", color: BLUE, text: "who has 192.168.0.200?" },
  })),
  {
    ms: CLAIMED_MS,
    y: 402,
    mark: { kind: "to all", from: "n2", color: GREEN, text: "192.168.0.200 is at n2" },
  },
  { y: 440, mark: { kind: "question", from: "client", to: "n2", text: "its packets" } },
];

/** What is said at the left of a stretch of time. */
const NOTES: readonly (readonly [y: number, text: string])[] = [
  [92, `watch: every ${watchIntervalMs} ms`],
  [232, `${answerWithinMs} ms without an answer`],
  [350, "still nobody:"],
  [368, "n2 is first in rank"],
  [470, "announced again after"],
  [488, `${burstMs.slice(1).map((ms) => ms / 1_000).join(", ")} s`],
];

/** The picture. */
export function sequenceSvg(): string {
  const height = 516;
  const label =
    "When a node dies: nobody answers a question, everybody is asked three times, the next node takes the address";
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH_PX} ${height}" width="${WIDTH_PX}" ` +
    `height="${height}" role="img" aria-label="${label}">`,
    "<style>text { font: 14px system-ui, 'Segoe UI', 'DejaVu Sans', 'Liberation Sans', sans-serif }</style>",
    `<rect x="0.5" y="0.5" width="${WIDTH_PX - 1}" height="${
      height - 1
    }" rx="8" fill="#0d1117" stroke="#30363d"/>`,
    ...Object.entries(LANES).map(laneHead),
    ...laneLines(height - 24),
    ...NOTES.map(([y, words]) => text(16, y, words, FAINT)),
    ...MOMENTS.flatMap(drawMoment),
    "</svg>",
    "",
  ].join("\n");
}

function question(words: string): Mark {
  return { kind: "question", from: "n2", to: "n1", text: words };
}

function answer(words: string): Mark {
  return { kind: "answer", from: "n1", to: "n2", text: words };
}

function laneHead([lane, at]: readonly [string, number]): string {
  const role = { n1: "has the address", n2: "watches" }[lane] ?? "";
  return text(at, 30, lane, PLAIN, "middle") + text(at, 50, role, FAINT, "middle");
}

/** A line for each machine; that of n1 ends with its power, that of n2 is thick once it has the address. */
function laneLines(bottom: number): readonly string[] {
  const cut = yOf(0);
  const claimed = yOf(CLAIMED_MS);
  return [
    line(LANES.client, LANES_TOP_PX, LANES.client, bottom, FAINT, 1),
    line(LANES.n1, LANES_TOP_PX, LANES.n1, cut, GREEN, 4),
    line(LANES.n2, LANES_TOP_PX, LANES.n2, claimed, FAINT, 1),
    line(LANES.n2, claimed, LANES.n2, bottom, GREEN, 4),
    line(LANES.n3, LANES_TOP_PX, LANES.n3, bottom, FAINT, 1),
  ];
}

function drawMoment({ ms, y, mark }: Moment): readonly string[] {
  const time = text(196, y + 5, ms === undefined ? "" : `${ms} ms`, PLAIN, "end");
  switch (mark.kind) {
    case "question":
      return [time, ...arrow(LANES[mark.from], LANES[mark.to], y, BLUE), caption(mark, y, BLUE)];
    case "answer":
      return [time, ...arrow(LANES[mark.from], LANES[mark.to], y, GREEN), caption(mark, y, GREEN)];
    case "lost":
      return [time, ...lostArrow(LANES[mark.from], LANES[mark.to], y), caption(mark, y, BLUE)];
    case "to all":
      return [
        time,
        ...Object.entries(LANES).filter(([lane]) => lane !== mark.from && lane !== "n1")
          .flatMap(([, to]) => arrow(LANES[mark.from], to, y, mark.color)),
        `<circle cx="${LANES[mark.from]}" cy="${y}" r="4" fill="${mark.color}"/>`,
        text((LANES.n2 + LANES.n3) / 2, y - 7, mark.text, mark.color, "middle", 12),
      ];
    case "power cut":
      return [
        time,
        text(LANES.n1, y + 8, "✕", RED, "middle", 26),
        text(LANES.n1 + 20, y + 5, "power cut", RED),
      ];
    default:
      return mark satisfies never;
  }
}

function caption(
  { from, to, text: words }: { readonly from: Lane; readonly to: Lane; readonly text: string },
  y: number,
  color: string,
): string {
  return text((LANES[from] + LANES[to]) / 2, y - 7, words, color, "middle", 12);
}

function arrow(from: number, to: number, y: number, color: string): readonly string[] {
  const tip = Math.sign(to - from) * 9;
  return [
    line(from, y, to - tip / 2, y, color, 1.5),
    `<path d="M${to} ${y} l${-tip} -5 v10 z" fill="${color}"/>`,
  ];
}

function lostArrow(from: number, to: number, y: number): readonly string[] {
  const end = (from + to * 3) / 4;
  return [
    `<line x1="${from}" y1="${y}" x2="${end}" y2="${y}" stroke="${BLUE}" stroke-width="1.5" stroke-dasharray="6 5"/>`,
    text(end - 12, y + 5, "?", RED, "middle", 16),
  ];
}

function line(
  x1: number,
  y1: number,
  x2: number,
  y2: number,
  color: string,
  width: number,
): string {
  return `<line x1="${x1}" y1="${y1}" x2="${x2}" y2="${y2}" stroke="${color}" stroke-width="${width}"/>`;
}

function text(
  x: number,
  y: number,
  words: string,
  color: string,
  anchor: "start" | "middle" | "end" = "start",
  sizePx = 14,
): string {
  return words === ""
    ? ""
    : `<text x="${x}" y="${y}" fill="${color}" text-anchor="${anchor}" style="font-size:${sizePx}px">${words}</text>`;
}

function yOf(ms: number): number {
  return MOMENTS.find((moment) => moment.ms === ms)?.y ?? LANES_TOP_PX;
}

if (import.meta.main) {
  const file = new URL("sequence.svg", import.meta.url);
  await Deno.writeTextFile(file, sequenceSvg());
  console.log(`Drawn: ${file.pathname}`);
}
