import assert from "node:assert/strict";
import { type PollCalls, Poller } from "./poll.ts";
import { eventLoopTurn } from "./receive.ts";
import { viewOf } from "./native.ts";

const EVENT_FD = 3;
const POLLIN = 1;

/** poll(2) as a promise that the test resolves. */
class FakeCalls implements PollCalls {
  readonly closed: number[] = [];
  polls = 0;
  #pollfds = new Uint8Array(0);
  #answer: ((ready: number) => void) | undefined;
  #isRaised = false;

  eventfd(): number {
    return EVENT_FD;
  }

  raiseEvent(fd: number): void {
    assert.equal(fd, EVENT_FD);
    this.#isRaised = true;
    this.ready(EVENT_FD);
  }

  clearEvent(): void {
    this.#isRaised = false;
  }

  close(fd: number): void {
    this.closed.push(fd);
  }

  poll(pollfds: Uint8Array<ArrayBuffer>, count: number): Promise<number> {
    assert.equal(this.#answer, undefined, "one poll at a time");
    assert.equal(pollfds.length, 8 * count);
    this.polls++;
    this.#pollfds = pollfds;
    const ready = new Promise<number>((resolve) => this.#answer = resolve);
    if (this.#isRaised) this.ready(EVENT_FD);
    return ready;
  }

  /** The descriptors of the call under way, without the eventfd; none where there is no call. */
  get fds(): readonly number[] {
    if (this.#answer === undefined) return [];
    const view = viewOf(this.#pollfds);
    return Array.from({ length: this.#pollfds.length / 8 }, (_, i) => view.getInt32(8 * i, true))
      .filter((fd) => fd !== EVENT_FD);
  }

  /** Ends the call with this descriptor readable. */
  ready(fd: number): void {
    const view = viewOf(this.#pollfds);
    for (let at = 0; at < this.#pollfds.length; at += 8) {
      if (view.getInt32(at, true) === fd) view.setInt16(at + 6, POLLIN, true);
    }
    this.end(1);
  }

  /** Ends the call with this result. */
  end(result: number): void {
    this.#answer?.(result);
    this.#answer = undefined;
  }
}

const never = new AbortController().signal;

Deno.test("Poller waits for all descriptors with one call, and for those left with the next", async () => {
  const calls = new FakeCalls();
  await using poller = new Poller(calls);
  const first = poller.readable(10, never);
  const second = poller.readable(11, never);
  await turns();
  assert.deepEqual(calls.fds, [10, 11]);
  calls.ready(11);
  await second;
  await turns();
  assert.deepEqual(calls.fds, [10]);
  calls.ready(10);
  await first;
  await turns();
  assert.deepEqual(calls.fds, []);
});

Deno.test("Poller is woken for a descriptor that comes later", async () => {
  const calls = new FakeCalls();
  await using poller = new Poller(calls);
  const first = poller.readable(10, never);
  await turns();
  const second = poller.readable(11, never);
  await turns();
  assert.deepEqual(calls.fds, [10, 11]);
  calls.ready(10);
  await first;
  await turns();
  calls.ready(11);
  await second;
});

Deno.test("Poller stops its call when the last wait was aborted, forgotten or closed", async (t) => {
  const stop = new AbortController();
  const rows: readonly { name: string; end: (poller: Poller) => unknown }[] = [
    { name: "aborted", end: () => stop.abort() },
    { name: "forgotten", end: (poller) => poller.forget(10) },
    { name: "closed", end: (poller) => poller[Symbol.asyncDispose]() },
  ];
  for (const { name, end } of rows) {
    await t.step(name, async () => {
      const calls = new FakeCalls();
      await using poller = new Poller(calls);
      const wait = poller.readable(10, name === "aborted" ? stop.signal : never);
      await turns();
      assert.equal(calls.polls, 1);
      end(poller);
      await wait;
      await turns();
      assert.deepEqual([calls.polls, calls.fds], [1, []]);
    });
  }
});

Deno.test("Poller does not call for a wait that is over at once", async () => {
  const calls = new FakeCalls();
  const poller = new Poller(calls);
  await poller.readable(10, AbortSignal.abort());
  await poller[Symbol.asyncDispose]();
  await poller.readable(10, never);
  assert.deepEqual([calls.polls, calls.closed], [0, [EVENT_FD]]);
});

Deno.test("Poller tries an interrupted call again, and gives up on one that never works", async () => {
  const calls = new FakeCalls();
  await using poller = new Poller(calls);
  const wait = poller.readable(10, never);
  await turns();
  calls.end(-1);
  await turns();
  assert.deepEqual(calls.fds, [10]);
  for (let i = 1; i < 100; i++) {
    calls.end(-1);
    await turns();
  }
  await wait;
  await assert.rejects(poller.readable(10, never), {
    message: "Cannot wait for sockets: poll failed 100 times in a row",
  });
});

async function turns(): Promise<void> {
  for (let i = 0; i < 3; i++) await eventLoopTurn();
}
