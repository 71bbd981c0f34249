import assert from "node:assert/strict";
import { VirtualClock } from "../kube/testing.ts";
import { type Bell, createBell } from "./bell.ts";

interface Row {
  readonly name: string;
  /** What happens before the wait, and once it has begun. */
  readonly before?: (bell: Bell, stop: AbortController) => void;
  readonly during?: (bell: Bell, stop: AbortController) => void;
  /** When the wait of one second ends, in ms. */
  readonly wantMs: number;
}

const rows: readonly Row[] = [
  { name: "nothing rings", wantMs: 1_000 },
  { name: "it rang before", before: (bell) => bell.ring(), wantMs: 0 },
  { name: "it rings meanwhile", during: (bell) => bell.ring(), wantMs: 300 },
  { name: "the signal is aborted already", before: (_, stop) => stop.abort(), wantMs: 0 },
  { name: "the signal aborts meanwhile", during: (_, stop) => stop.abort(), wantMs: 300 },
];

Deno.test("Bell.wait() ends at a ring, in time, or by its signal", async (t) => {
  for (const { name, before, during, wantMs } of rows) {
    await t.step(name, async () => {
      const clock = new VirtualClock();
      const stop = new AbortController();
      const bell = createBell(clock);
      before?.(bell, stop);
      let endedAt = -1;
      bell.wait(1_000, stop.signal).then(() => endedAt = clock.now());
      await clock.advance(300);
      during?.(bell, stop);
      await clock.advance(2_000);
      assert.equal(endedAt, wantMs);
      assert.equal(bell.isRung, false);
    });
  }
});

Deno.test("Bell joins many rings into one, and keeps it while nobody waits", async () => {
  const clock = new VirtualClock();
  const { signal } = new AbortController();
  const bell = createBell(clock);
  bell.ring();
  bell.ring();
  assert.equal(bell.isRung, true);
  await bell.wait(1_000, signal);
  assert.equal(bell.isRung, false);
  const second = bell.wait(1_000, signal);
  await clock.advance(1_000);
  await second;
  assert.equal(clock.now(), 1_000);
});
