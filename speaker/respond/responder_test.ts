import assert from "node:assert/strict";
import { formatIp, type IpAddress, parseIp } from "../../ip/address.ts";
import { BROADCAST, type Mac, macFromBytes } from "../../ip/mac.ts";
import { arpAnnouncements, type ArpPacket } from "../wire/arp.ts";
import { DIALECTS } from "../wire/dialect.ts";
import { Responder, type ResponderAction } from "./responder.ts";
import { DEFAULT_TIMINGS } from "../ownership/timings.ts";

const FACE = { mac: mac(1) };
const OTHER = mac(2);
const HELD = ["192.168.0.200", "192.168.0.201"];

/** What happens, each `at` so many milliseconds after everything was read. */
type Event =
  | { readonly at: number; readonly asks: string; readonly from?: number }
  | { readonly at: number; readonly uses: string }
  /** The link is read, and nothing is left. */
  | { readonly at: number; readonly idle: true };

interface Row {
  readonly name: string;
  readonly events: readonly Event[];
  /** What is done, in order: addresses answered, `-address` given up, `-` all given up. */
  readonly want: readonly string[];
}

const [A = "", B = ""] = HELD;
const ROWS: readonly Row[] = [
  { name: "a question is answered at once", events: [{ at: 35, asks: A }], want: [A] },
  {
    name: "after a pause questions are answered when it has looked, each once",
    events: [
      { at: 60, asks: A },
      { at: 60, asks: A },
      { at: 60, asks: B },
      { at: 60, asks: A, from: 7 },
      { at: 61, idle: true },
      { at: 82, idle: true },
    ],
    want: [A, B, A],
  },
  {
    name: "what another node announced meanwhile is not answered, whoever ranks first",
    events: [
      { at: 300, asks: A },
      { at: 300, asks: B },
      { at: 300, uses: A },
      { at: 301, idle: true },
      { at: 321, idle: true },
    ],
    want: [`-${A}`, B],
  },
  {
    name: "nor what it announces while this looks",
    events: [
      { at: 300, asks: A },
      { at: 301, idle: true },
      { at: 310, uses: A },
      { at: 311, idle: true },
      { at: 321, idle: true },
      { at: 322, asks: A },
    ],
    want: [`-${A}`],
  },
  {
    name: "a use of what is not held is nobody's loss",
    events: [{ at: 300, uses: "192.168.0.250" }, { at: 301, idle: true }, { at: 321, idle: true }],
    want: [],
  },
  {
    name: "a use of what is held, in time, is for the table to decide",
    events: [{ at: 10, uses: A }],
    want: [],
  },
  {
    name: "after a second all is given up, and nothing is answered",
    events: [
      { at: 1_500, asks: A },
      { at: 1_500, asks: B },
      { at: 1_501, idle: true },
      { at: 1_530, idle: true },
    ],
    want: ["-"],
  },
  {
    name: "a flood that it cannot read in time is looked through first",
    events: [
      ...Array.from({ length: 60 }, (_, i): Event => ({ at: i, asks: "192.168.0.250" })),
      { at: 60, asks: A },
      { at: 61, uses: A },
      { at: 62, idle: true },
      { at: 90, idle: true },
    ],
    want: [`-${A}`],
  },
];

Deno.test("a responder says nothing for what may be another's by now", async (t) => {
  for (const { name, events, want } of ROWS) {
    await t.step(name, () => assert.deepEqual(play(events), want));
  }
});

Deno.test("a responder keeps so many questions while it looks, and no more", () => {
  const { responder } = create();
  const dropped = Array.from({ length: 300 }, (_, i) => {
    const packet = question(A, macFromBytes(Uint8Array.of(2, 0, 0, 1, i >> 8, i & 255)));
    return responder.hear(packet, BROADCAST, FACE, 60);
  }).flat();
  assert.equal(dropped.length, 44);
  assert.ok(dropped.every((action) => action.kind === "drop" && action.reason === "too-many"));
  responder.caughtUp(61, FACE, 61);
  const answered = responder.caughtUp(90, FACE, 90).filter(({ kind }) => kind === "reply");
  assert.equal(answered.length, 256);
});

function play(events: readonly Event[]): readonly string[] {
  const { responder, held } = create();
  const done: string[] = [];
  for (const event of events) {
    for (const action of happen(responder, event)) {
      if (action.kind === "reply") done.push(action.address);
      if (action.kind !== "lapse") continue;
      done.push(`-${action.address ?? ""}`);
      if (action.address === undefined) held.clear();
      else held.delete(action.address);
    }
  }
  return done;
}

function happen(responder: Responder, event: Event): readonly ResponderAction[] {
  if ("idle" in event) return responder.caughtUp(event.at, FACE, event.at);
  if ("asks" in event) {
    const packet = question(event.asks, mac(event.from ?? 9));
    return responder.hear(packet, BROADCAST, FACE, event.at);
  }
  const [announcement] = arpAnnouncements(OTHER, ip(event.uses));
  return responder.hear(announcement, BROADCAST, FACE, event.at);
}

function create(): { readonly responder: Responder; readonly held: Set<string> } {
  const held = new Set(HELD);
  const holds = (address: IpAddress): boolean => held.has(formatIp(address));
  const options = { dialect: DIALECTS.IPv4, timings: DEFAULT_TIMINGS, holds };
  return { responder: new Responder(options, 0), held };
}

function question(address: string, senderMac: Mac): ArpPacket {
  const senderIp = ip("192.168.0.99");
  return { operation: "request", senderMac, senderIp, targetMac: mac(0), targetIp: ip(address) };
}

function mac(last: number): Mac {
  return macFromBytes(Uint8Array.of(2, 0, 0, 0, 0, last));
}

function ip(text: string): IpAddress {
  return parseIp(text) ?? assert.fail(text);
}
