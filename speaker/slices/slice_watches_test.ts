import { deepEqual, equal, ok } from "node:assert/strict";
import type { EndpointSlice, RunningCache, Selection } from "../../kube/mod.ts";
import { ENDPOINT_SLICES } from "../../kube/mod.ts";
import { VirtualClock } from "../../kube/testing.ts";
import { SliceWatches } from "./slice_watches.ts";

/** A watch that says what it has seen when the test says so. */
interface Started {
  readonly selector: string;
  readonly signal: AbortSignal;
  readonly see: (...services: readonly string[]) => void;
}

interface Stage {
  readonly watches: SliceWatches;
  readonly started: readonly Started[];
  readonly clock: VirtualClock;
  readonly looks: () => number;
  /** The Services of the slices in sight. */
  readonly seen: () => readonly string[];
}

function stage(): Stage {
  const clock = new VirtualClock();
  const started: Started[] = [];
  let looks = 0;
  const start = ({ labelSelector = "" }: Selection, signal: AbortSignal): Cached => {
    const objects = new Map<string, EndpointSlice>();
    const cache = { resource: ENDPOINT_SLICES, objects, isSynced: false, ended: NEVER };
    const see = (...services: readonly string[]): void => {
      cache.isSynced = true;
      objects.clear();
      for (const service of services) objects.set(service, sliceOf(service));
    };
    started.push({ selector: labelSelector.replace(/.* in /, ""), signal, see });
    return cache;
  };
  const onChange = (): void => void looks++;
  const stop = new AbortController();
  const watches = new SliceWatches({ clock, start, onChange }, stop.signal);
  const seen = (): readonly string[] => [...watches.slices()].map(({ service }) => service);
  return { watches, started, clock, looks: () => looks, seen };
}

type Cached = RunningCache<EndpointSlice>;

const NEVER = new Promise<void>(() => {});

function sliceOf(service: string): EndpointSlice {
  const meta = {
    namespace: "default",
    name: service,
    uid: "",
    resourceVersion: "1",
    creationTimestamp: "",
    labels: {},
    annotations: {},
    deletionTimestamp: undefined,
  };
  return { meta, service, endpoints: [] };
}

Deno.test("SliceWatches watch nothing as long as nothing is wanted", () => {
  const { watches, started } = stage();
  watches.want(new Set());
  deepEqual([started.length, watches.isKnown("a")], [0, false]);
});

Deno.test("SliceWatches know a Service once its watch has seen everything", () => {
  const { watches, started, seen } = stage();
  watches.want(new Set(["a", "b"]));
  deepEqual(started.map(({ selector }) => selector), ["(a,b)"]);
  deepEqual([watches.isKnown("a"), seen()], [false, []]);
  started[0]?.see("a");
  deepEqual([watches.isKnown("a"), watches.isKnown("b"), watches.isKnown("c")], [
    true,
    true,
    false,
  ]);
  deepEqual(seen(), ["a"]);
});

Deno.test("SliceWatches go on with a watch until the one in its place has seen everything", async () => {
  const { watches, started, clock, seen } = stage();
  watches.want(new Set(["a"]));
  started[0]?.see("a");
  await clock.advance(500);
  watches.want(new Set(["a", "b"]));
  deepEqual(started.map(({ selector }) => selector), ["(a)", "(a,b)"]);
  deepEqual([watches.isKnown("a"), watches.isKnown("b"), seen()], [true, false, ["a"]]);
  equal(started[0]?.signal.aborted, false);
  started[1]?.see("a", "b");
  watches.want(new Set(["a", "b"]));
  deepEqual([watches.isKnown("a"), watches.isKnown("b"), seen()], [true, true, ["a", "b"]]);
  deepEqual(started.map(({ signal }) => signal.aborted), [true, false]);
});

Deno.test("SliceWatches ask for Services that come one by one together", async () => {
  const { watches, started, clock, looks } = stage();
  const names = Array.from({ length: 40 }, (_, i) => `service-${i}`);
  for (const [i] of names.entries()) {
    watches.want(new Set(names.slice(0, i + 1)));
    started.at(-1)?.see();
    await clock.advance(10);
  }
  equal(started.length, 1);
  await clock.advance(500);
  equal(looks(), 1);
  watches.want(new Set(names));
  started.at(-1)?.see();
  equal(started.length, 2);
  ok(names.every((name) => watches.isKnown(name)));
});

Deno.test("SliceWatches end with the last Service that wants them", async () => {
  const { watches, started, clock, seen } = stage();
  watches.want(new Set(["a"]));
  started[0]?.see("a");
  await clock.advance(500);
  watches.want(new Set());
  deepEqual([started[0]?.signal.aborted, seen(), watches.isKnown("a")], [true, [], false]);
});

Deno.test("SliceWatches watch everything where very many are wanted", () => {
  const { watches, started } = stage();
  watches.want(new Set(Array.from({ length: 5_000 }, (_, i) => `service-${i}`)));
  deepEqual(started.map(({ selector }) => selector), [""]);
  started[0]?.see("any");
  equal(watches.isKnown("service-4999"), true);
});
