import assert from "node:assert/strict";
import { parseIp } from "../../ip/address.ts";
import type { EventNote, ObjectReference } from "../../kube/mod.ts";
import { silentLog } from "../../kube/testing.ts";
import { createRegistry } from "../../ops/metrics.ts";
import { Bulletin, type News } from "./bulletin.ts";
import { History } from "./history.ts";
import { SpeakerMetrics } from "./metrics.ts";
import type { Place } from "../ownership/table_action.ts";
import { virtualMac } from "../../tests/sim/virtual_mac.ts";

const [V4, V6, OTHER] = ["192.168.0.200", "fd00::200", "192.168.0.201"] as const;

/** What happens, at an instant in ms; `knows` is a first look after a start, `looks` a later one. */
type Step =
  | readonly [at: number, "claims" | "releases" | "knows" | "looks", address: string]
  | readonly [at: number, "shares", address: string, service: string];

interface Row {
  readonly name: string;
  readonly steps: readonly Step[];
  /** The Services that are told `nodeAssigned`, in order. */
  readonly want: readonly string[];
}

const rows: readonly Row[] = [
  { name: "a claim is told once", steps: [[0, "claims", V4], [10, "looks", V4]], want: ["web"] },
  {
    name: "both addresses of a dual-stack Service, claimed at once, are told once",
    steps: [[0, "claims", V4], [150, "claims", V6], [200, "looks", V4], [200, "looks", V6]],
    want: ["web"],
  },
  {
    name: "the second address, moved here much later, is told",
    steps: [[0, "claims", V4], [60_000, "claims", V6]],
    want: ["web", "web"],
  },
  {
    name: "a start within the lease tells nothing",
    steps: [[0, "knows", V4], [0, "knows", V6], [5_000, "looks", V4]],
    want: [],
  },
  {
    name: "after such a start the next claim is told",
    steps: [[0, "knows", V4], [5_000, "releases", V4], [6_000, "claims", V4]],
    want: ["web"],
  },
  {
    name: "two Services that share an address are both told, the later one when it comes",
    steps: [[0, "claims", OTHER], [9_000, "shares", OTHER, "b"], [9_000, "looks", OTHER]],
    want: ["a", "b"],
  },
];

Deno.test("Bulletin tells nodeAssigned once for each move", async (t) => {
  for (const { name, steps, want } of rows) {
    await t.step(name, () => {
      const stage = createStage();
      for (const step of steps) play(stage, step);
      assert.deepEqual(stage.emitted.map(({ about }) => about.name), want);
      for (const { reason, message } of stage.emitted) {
        assert.deepEqual([reason, message], ["nodeAssigned", 'announcing from node "n1"']);
      }
    });
  }
});

Deno.test("Bulletin tells what became of an address that a stranger uses, and when that is over", async (t) => {
  const mac = virtualMac(0xee);
  const at = placeOf(OTHER);
  const rows: readonly (readonly [News, string, RegExp])[] = [
    [{ kind: "conflict", at, mac, outcome: "defended" }, "AddressConflict", /announced it once/],
    [{ kind: "conflict", at, mac, outcome: "released" }, "AddressConflict", /has given it up/],
    [{ kind: "conflict", at, mac, outcome: "not-claimed" }, "AddressConflict", /not announced/],
    [{ kind: "conflict-over", at }, "AddressConflictOver", /192\.168\.0\.201 is not seen/],
  ];
  for (const [news, reason, message] of rows) {
    await t.step(`${news.kind} ${"outcome" in news ? news.outcome : ""}`, () => {
      const { bulletin, emitted } = createStage();
      bulletin.tell(news);
      assert.deepEqual(emitted.map((note) => note.reason), [reason]);
      assert.match(emitted[0]?.message ?? "", message);
      if (news.kind === "conflict") assert.ok(emitted[0]?.message.includes(mac));
    });
  }
});

interface Stage {
  readonly bulletin: Bulletin;
  readonly emitted: readonly EventNote[];
  readonly users: Map<string, string[]>;
  now: number;
}

function createStage(): Stage {
  const emitted: EventNote[] = [];
  const users = new Map([[V4, ["web"]], [V6, ["web"]], [OTHER, ["a"]]]);
  const registry = createRegistry({ version: "0", role: "speaker" });
  const stage: Stage = {
    emitted,
    users: new Map(users),
    now: 0,
    bulletin: new Bulletin({
      node: "n1",
      clock: { now: () => stage.now, nowWall: () => 0, sleep: () => Promise.resolve() },
      log: silentLog,
      metrics: new SpeakerMetrics(registry, "n1", () => []),
      history: new History(),
      emit: (note) => void emitted.push(note),
      servicesOf: (address) => stage.users.get(address)?.map(referenceTo) ?? [],
      onAnnounced: () => {},
      ask: () => {},
    }),
  };
  return stage;
}

function play(stage: Stage, [at, what, address, service]: Step): void {
  const { bulletin, users } = stage;
  stage.now = at;
  switch (what) {
    case "claims":
      return bulletin.tell({ kind: "claimed", at: placeOf(address) });
    case "releases":
      return bulletin.tell({ kind: "released", at: placeOf(address), reason: "hand-over" });
    case "knows":
      return bulletin.tellServices(address, "silently");
    case "looks":
      return bulletin.tellServices(address, "aloud");
    case "shares":
      return void users.set(address, [...users.get(address) ?? [], service ?? ""]);
    default:
      what satisfies never;
  }
}

function referenceTo(name: string): ObjectReference {
  return { apiVersion: "v1", kind: "Service", namespace: "default", name, uid: name };
}

function placeOf(key: string): Place {
  const address = parseIp(key);
  assert.ok(address !== undefined);
  return { key, address, linkIndex: 2 };
}
