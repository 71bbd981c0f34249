import assert from "node:assert/strict";
import { ERRNO } from "./errno.ts";
import { SyscallError } from "./errors.ts";
import { FrameSocket } from "./packet.ts";
import { eventLoopTurn } from "./receive.ts";
import { FakeTransport } from "./testing.ts";

const FRAMES = [1, 2, 3].map((n) => Uint8Array.of(n));

Deno.test("frames() yields frames in order, across a link that was down", async () => {
  const transport = new FakeTransport();
  const [a, b, c] = FRAMES;
  assert.ok(a && b && c);
  transport.hear(a, new SyscallError("recv", ERRNO.ENETDOWN), b, c);
  const found: Uint8Array[] = [];
  using socket = new FrameSocket(transport);
  for await (const frame of socket.frames(new AbortController().signal)) {
    if (found.push(frame) === 3) break;
  }
  assert.deepEqual(found, FRAMES);
});

Deno.test("frames() throws other errors of the socket", async () => {
  const transport = new FakeTransport();
  const failure = new SyscallError("recv", ERRNO.EIO);
  transport.hear(failure);
  using socket = new FrameSocket(transport);
  await assert.rejects(Array.fromAsync(socket.frames(new AbortController().signal)), failure);
});

Deno.test("frames() ends when it is aborted, and when the socket is disposed of", async () => {
  const stop = new AbortController();
  const socket = new FrameSocket(new FakeTransport());
  const aborted = Array.fromAsync(socket.frames(stop.signal));
  const disposed = Array.fromAsync(socket.frames(new AbortController().signal));
  stop.abort();
  assert.deepEqual(await aborted, []);
  socket[Symbol.dispose]();
  assert.deepEqual(await disposed, []);
});

Deno.test("frames() gives way to others under a flood", async () => {
  const transport = new FakeTransport();
  const stop = new AbortController();
  transport.hear(...new Array(10_000).fill(Uint8Array.of(0)));
  using socket = new FrameSocket(transport);
  const flood = Array.fromAsync(socket.frames(stop.signal));
  await eventLoopTurn();
  stop.abort();
  const { length } = await flood;
  assert.ok(length < 10_000, `want to be stopped midway, found ${length} frames`);
});
