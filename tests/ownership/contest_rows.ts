/** An address that is held, and that somebody else uses who is no node of ours. */
import type { OwnershipAction } from "../../speaker/ownership/ownership_state.ts";
import {
  BETTER,
  contestAt,
  CONTESTED,
  contested,
  HELD,
  LAPSED,
  NOW,
  type Row,
  stationOf,
  STRANGER,
  TAKEN,
  UNKNOWN,
} from "./row.ts";
import { virtualMac } from "../sim/virtual_mac.ts";

const GIVEN_UP: readonly OwnershipAction[] = [
  { kind: "unbind" },
  { kind: "released", reason: "conflict" },
  { kind: "conflict", mac: STRANGER.mac, outcome: "released" },
];

export const CONTEST_ROWS: readonly Row[] = [
  {
    name: "a stranger announces: announced once more, and told",
    state: HELD,
    event: { kind: "answered", by: STRANGER },
    want: [
      CONTESTED,
      [{ kind: "announce" }, { kind: "conflict", mac: STRANGER.mac, outcome: "defended" }],
    ],
  },
  {
    name: "the stranger's next frame was on its way already: nothing",
    state: contested(NOW - 99),
    event: { kind: "answered", by: STRANGER },
    want: [contested(NOW - 99), []],
  },
  {
    name: "a second conflict within DEFEND_INTERVAL: given up (RFC 5227 §2.4(b))",
    state: contested(NOW - 9_999),
    event: { kind: "answered", by: STRANGER },
    want: [TAKEN, GIVEN_UP],
  },
  {
    name: "a second conflict, with another stranger: given up",
    state: contested(NOW - 5_000),
    event: { kind: "answered", by: { ...STRANGER, mac: virtualMac(0xef) } },
    want: [
      { kind: "occupied", by: { mac: virtualMac(0xef), node: undefined } },
      [
        { kind: "unbind" },
        { kind: "released", reason: "conflict" },
        { kind: "conflict", mac: virtualMac(0xef), outcome: "released" },
      ],
    ],
  },
  {
    name: "a conflict after DEFEND_INTERVAL is a first one again",
    state: contested(NOW - 10_000),
    event: { kind: "answered", by: STRANGER },
    want: [
      CONTESTED,
      [{ kind: "announce" }, { kind: "conflict", mac: STRANGER.mac, outcome: "defended" }],
    ],
  },
  {
    name: "a second after the announcement the stranger is asked whether it gave way",
    state: contested(NOW - 1_000),
    event: { kind: "timer" },
    want: [
      { ...contested(NOW - 1_000), contest: { ...contestAt(NOW - 1_000), askAt: NOW + 1_000 } },
      [{ kind: "ask", mac: STRANGER.mac }],
    ],
  },
  {
    name: "the stranger was silent for DEFEND_INTERVAL: over",
    state: contested(NOW - 10_000),
    event: { kind: "timer" },
    want: [HELD, [{ kind: "conflict-over" }]],
  },
  {
    name: "not wanted any more: over, for this node",
    state: contested(NOW - 5_000),
    event: { kind: "unwanted", then: "forget" },
    want: [
      { kind: "leaving", handOver: false },
      [{ kind: "unbind" }, { kind: "released", reason: "unassigned" }, { kind: "conflict-over" }],
    ],
  },
  {
    name: "a preferred node shall have it: not while a stranger uses it",
    state: contested(NOW - 5_000),
    event: { kind: "sought" },
    want: [contested(NOW - 5_000), []],
  },
  {
    name: "another node shall have it: no signal, since it may not be free",
    state: contested(NOW - 5_000),
    event: { kind: "unwanted", then: "hand-over" },
    want: [
      { kind: "leaving", handOver: false },
      [{ kind: "unbind" }, { kind: "released", reason: "hand-over" }, { kind: "conflict-over" }],
    ],
  },
  {
    name: "frozen for longer than the lifetime: given up to the stranger, and not defended",
    state: { ...LAPSED, contest: contestAt(NOW - 60_000) },
    event: { kind: "answered", by: STRANGER },
    want: [
      TAKEN,
      [
        { kind: "unbind" },
        { kind: "released", reason: "lapsed" },
        { kind: "conflict", mac: STRANGER.mac, outcome: "not-claimed" },
      ],
    ],
  },
  {
    name: "it may be a node of ours, since the API was never seen: announced once more",
    state: HELD,
    event: { kind: "answered", by: UNKNOWN },
    want: [
      { ...CONTESTED, contest: { ...contestAt(NOW), askAt: undefined } },
      [{ kind: "announce" }, { kind: "conflict", mac: UNKNOWN.mac, outcome: "defended" }],
    ],
  },
  {
    name: "it may be a node of ours, and is heard again: kept (RFC 5227 §2.4(c))",
    state: { ...HELD, contest: { ...contestAt(NOW - 5_000), askAt: undefined } },
    event: { kind: "answered", by: UNKNOWN },
    want: [
      {
        ...HELD,
        contest: { ...contestAt(NOW - 5_000), askAt: undefined, overAt: NOW + 10_000 },
      },
      [],
    ],
  },
  {
    name: "it may be a node of ours, and goes on: announced every DEFEND_INTERVAL, no more",
    state: { ...HELD, contest: { ...contestAt(NOW - 10_000), askAt: undefined } },
    event: { kind: "answered", by: UNKNOWN },
    want: [
      { ...CONTESTED, contest: { ...contestAt(NOW), askAt: undefined } },
      [{ kind: "announce" }, { kind: "conflict", mac: UNKNOWN.mac, outcome: "defended" }],
    ],
  },
  {
    name: "a node of ours that ranks before: let go of to that node, whatever the stranger does",
    state: contested(NOW - 500),
    event: { kind: "answered", by: BETTER },
    want: [
      { kind: "occupied", by: stationOf(BETTER) },
      [{ kind: "unbind" }, { kind: "released", reason: "conflict" }, { kind: "conflict-over" }],
    ],
  },
];
