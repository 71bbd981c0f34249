import assert from "node:assert/strict";
import { parseIp } from "../../ip/address.ts";
import { parseMac } from "../../ip/mac.ts";
import type { NeighborPacket } from "../wire/neighbor.ts";
import { Takeovers } from "./takeover.ts";

const A = "192.168.0.200";
const B = "192.168.0.201";
const [HOLDER, OTHER] = [mac("02:00:00:00:00:01"), mac("02:00:00:00:00:02")];

/** `answers`: the station uses the address. `probes`: it asks for it. */
type Event =
  | readonly ["answers" | "probes", ReturnType<typeof mac>, string, at: number]
  | readonly ["silent", ReturnType<typeof mac>, readonly string[]];

interface Row {
  readonly name: string;
  readonly events: readonly Event[];
  /** Of a claim of `A` at 1,000. */
  readonly want: number | undefined;
}

const rows: readonly Row[] = [
  { name: "nobody had it", events: [], want: undefined },
  {
    name: "the last answer of the holder, for whichever address, counts",
    events: [["answers", HOLDER, A, 600], ["answers", HOLDER, B, 750], ["silent", HOLDER, [A, B]]],
    want: 250,
  },
  {
    name: "a holder that was never heard",
    events: [["silent", HOLDER, [A]]],
    want: undefined,
  },
  {
    name: "an address that the silent holder did not have",
    events: [["answers", HOLDER, B, 750], ["silent", HOLDER, [B]]],
    want: undefined,
  },
  {
    name: "a holder that is heard again",
    events: [
      ["answers", HOLDER, A, 750],
      ["silent", HOLDER, [A]],
      ["probes", HOLDER, B, 800],
    ],
    want: undefined,
  },
  {
    name: "another node was first",
    events: [
      ["answers", HOLDER, A, 750],
      ["silent", HOLDER, [A, B]],
      ["answers", OTHER, A, 900],
    ],
    want: undefined,
  },
  {
    name: "another node only looks as well",
    events: [
      ["answers", HOLDER, A, 750],
      ["silent", HOLDER, [A, B]],
      ["probes", OTHER, A, 900],
    ],
    want: 250,
  },
];

Deno.test("Takeovers measures from the last answer of the silent holder to the claim", async (t) => {
  for (const { name, events, want } of rows) {
    await t.step(name, () => {
      const takeovers = new Takeovers();
      for (const event of events) {
        if (event[0] === "silent") takeovers.silent(event[1], event[2]);
        else takeovers.hear(packet(event[0], event[1], event[2]), event[3]);
      }
      assert.equal(takeovers.claimed(A, 1_000), want);
      assert.equal(takeovers.claimed(A, 2_000), undefined, "a claim is counted once");
    });
  }
});

function packet(
  what: "answers" | "probes",
  senderMac: NeighborPacket["senderMac"],
  address: string,
): NeighborPacket {
  const [own, none] = [ip(address), ip("0.0.0.0")];
  return what === "answers"
    ? { operation: "reply", senderMac, senderIp: own, targetIp: own }
    : { operation: "request", senderMac, senderIp: none, targetIp: own };
}

function ip(text: string): NeighborPacket["senderIp"] {
  const address = parseIp(text);
  assert.ok(address !== undefined);
  return address;
}

function mac(text: string): NeighborPacket["senderMac"] {
  const parsed = parseMac(text);
  assert.ok(parsed !== undefined);
  return parsed;
}
