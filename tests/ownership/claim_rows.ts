/** From the wish to hold an address to the claim. */
import {
  BETTER,
  CLAIMING,
  LISTENING,
  LOOKING_AGAIN,
  NOW,
  PROBING,
  type Row,
  stationOf,
  STRANGER,
  WORSE,
} from "./row.ts";

export const BEGINNING: readonly Row[] = [
  {
    name: "the first in rank looks at once",
    state: undefined,
    event: { kind: "wanted", waitMs: 0 },
    want: [{ kind: "listening", until: NOW, probes: 3, waitMs: 0 }, []],
  },
  {
    name: "the second looks when the first should be done, and 150 ms later",
    state: undefined,
    event: { kind: "wanted", waitMs: 150 },
    want: [{ kind: "listening", until: NOW + 300, probes: 3, waitMs: 150 }, []],
  },
  {
    name: "nothing else matters while nothing is wanted",
    state: undefined,
    event: { kind: "answered", by: STRANGER },
    want: [undefined, []],
  },
];

export const LISTENING_ROWS: readonly Row[] = [
  {
    name: "the wait is over: the first probe",
    state: LISTENING,
    event: { kind: "timer" },
    want: [{ kind: "probing", left: 2, nextAt: NOW + 50 }, [{ kind: "probe" }]],
  },
  {
    name: "a timer that is early changes nothing",
    state: { ...LISTENING, until: NOW + 1 },
    event: { kind: "timer" },
    want: [{ ...LISTENING, until: NOW + 1 }, []],
  },
  {
    name: "a node of ours answers: it holds it",
    state: LISTENING,
    event: { kind: "answered", by: WORSE },
    want: [{ kind: "occupied", by: stationOf(WORSE) }, []],
  },
  {
    name: "a better rank probes: its claim is waited for, and our rank after it",
    state: LISTENING,
    event: { kind: "probed", by: BETTER, waitMs: 150, probes: 0 },
    want: [{ kind: "listening", until: NOW + 300, probes: 3, waitMs: 150 }, []],
  },
  {
    name: "a worse rank probes: our turn comes as before",
    state: LISTENING,
    event: { kind: "probed", by: WORSE, waitMs: 0, probes: 0 },
    want: [LISTENING, []],
  },
  {
    name: "a stranger probes: it is left the time that RFC 5227 gives it",
    state: LISTENING,
    event: { kind: "probed", by: STRANGER, waitMs: 0, probes: 0 },
    want: [{ kind: "listening", until: NOW + 3_000, probes: 3, waitMs: 0 }, []],
  },
  {
    name: "not wanted any more: forgotten",
    state: LISTENING,
    event: { kind: "unwanted", then: "hand-over" },
    want: [undefined, []],
  },
  {
    name: "the wait is over, and everybody was asked already: the claim",
    state: { ...LISTENING, probes: 0 },
    event: { kind: "timer" },
    want: [CLAIMING, [{ kind: "bind" }]],
  },
  {
    name: "a node that ranked before is gone: its turn is not waited for",
    state: { kind: "listening", until: NOW + 1_000, probes: 3, waitMs: 900 },
    event: { kind: "ranked", waitMs: 150 },
    want: [{ kind: "listening", until: NOW + 250, probes: 3, waitMs: 150 }, []],
  },
  {
    name: "all that ranked before are gone, and its turn would have been: now",
    state: { kind: "listening", until: NOW + 100, probes: 3, waitMs: 900 },
    event: { kind: "ranked", waitMs: 0 },
    want: [{ kind: "listening", until: NOW, probes: 3, waitMs: 0 }, []],
  },
  {
    name: "a node that ranks before has come: it will be heard",
    state: { kind: "listening", until: NOW + 100, probes: 3, waitMs: 150 },
    event: { kind: "ranked", waitMs: 300 },
    want: [{ kind: "listening", until: NOW + 100, probes: 3, waitMs: 150 }, []],
  },
];

export const PROBING_ROWS: readonly Row[] = [
  {
    name: "the next probe",
    state: PROBING,
    event: { kind: "timer" },
    want: [{ kind: "probing", left: 1, nextAt: NOW + 50 }, [{ kind: "probe" }]],
  },
  {
    name: "silence after the last probe: the claim",
    state: { kind: "probing", left: 0, nextAt: NOW },
    event: { kind: "timer" },
    want: [CLAIMING, [{ kind: "bind" }]],
  },
  {
    name: "a stranger answers: no claim, and a conflict",
    state: PROBING,
    event: { kind: "answered", by: STRANGER },
    want: [
      { kind: "occupied", by: stationOf(STRANGER) },
      [{ kind: "conflict", mac: STRANGER.mac, outcome: "not-claimed" }],
    ],
  },
  {
    name: "a better rank probes at the same time: back to waiting, one probe before the claim",
    state: PROBING,
    event: { kind: "probed", by: BETTER, waitMs: 300, probes: 0 },
    want: [{ kind: "listening", until: NOW + 450, probes: 1, waitMs: 300 }, []],
  },
  {
    name: "a worse rank probes at the same time: it will give way",
    state: PROBING,
    event: { kind: "probed", by: WORSE, waitMs: 0, probes: 0 },
    want: [PROBING, []],
  },
  {
    name: "a stranger probes at the same time: we give way, and look three times again",
    state: PROBING,
    event: { kind: "probed", by: STRANGER, waitMs: 0, probes: 0 },
    want: [{ kind: "listening", until: NOW + 3_000, probes: 3, waitMs: 0 }, []],
  },
  {
    name: "not wanted any more: forgotten",
    state: PROBING,
    event: { kind: "unwanted", then: "forget" },
    want: [undefined, []],
  },
];

export const CLAIMING_ROWS: readonly Row[] = [
  {
    name: "bound: held, announced, told",
    state: CLAIMING,
    event: { kind: "bound", at: NOW - 1 },
    want: [
      { kind: "held", since: NOW, renewedAt: NOW - 1, defendedAt: undefined },
      [{ kind: "burst" }, { kind: "claimed" }],
    ],
  },
  {
    name: "the kernel refuses: again in a second, from the beginning",
    state: CLAIMING,
    event: { kind: "bind-failed" },
    want: [{ kind: "listening", until: NOW + 1_000, probes: 3, waitMs: 0 }, []],
  },
  {
    name: "a better rank announces meanwhile: undone",
    state: CLAIMING,
    event: { kind: "answered", by: BETTER },
    want: [{ kind: "occupied", by: stationOf(BETTER) }, [{ kind: "unbind" }]],
  },
  {
    name: "a worse rank announces meanwhile: it has it, and keeps it",
    state: CLAIMING,
    event: { kind: "answered", by: WORSE },
    want: [{ kind: "occupied", by: stationOf(WORSE) }, [{ kind: "unbind" }]],
  },
  {
    name: "the silence is too long ago when the kernel gets to it: one more question",
    state: CLAIMING,
    event: { kind: "bind-stale" },
    want: [{ kind: "listening", until: NOW, probes: 1, waitMs: 0 }, []],
  },
  {
    name: "not wanted any more: undone",
    state: CLAIMING,
    event: { kind: "unwanted", then: "forget" },
    want: [{ kind: "leaving", handOver: false }, [{ kind: "unbind" }]],
  },
  {
    name: "bound long ago, or just now after a long time: undone, and one more question",
    state: CLAIMING,
    event: { kind: "bound", at: NOW - 1_001 },
    want: [LOOKING_AGAIN, [{ kind: "unbind" }]],
  },
];
