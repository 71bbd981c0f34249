import assert from "node:assert/strict";
import { NLM_F_DUMP_INTR, NLM_F_MULTI, NLMSG_DONE } from "./constants.ts";
import { ERRNO } from "./errno.ts";
import { encodeMessages, type Message } from "./message.ts";
import { Conversation, type DumpRequest } from "./request.ts";
import { dumpReply, errorReply, FakeTransport, type Reply, reply } from "./testing.ts";

const signal = new AbortController().signal;
const NEW = 20;
const LISTED = 28;

const DUMP: DumpRequest<number> = {
  type: 22,
  flags: 0,
  payload: new Uint8Array(0),
  action: "list numbers",
  decode: ({ type, payload }) => type === LISTED ? payload[0] : undefined,
};

Deno.test("acknowledge() pairs answers by sequence, in any order", async () => {
  const held: Message[] = [];
  const transport = new FakeTransport((request) => {
    held.push(request);
    if (held.length < 3) return [];
    const [a, b, c] = held;
    assert.ok(a && b && c);
    const stray = { ...a, sequence: a.sequence + 1000 };
    return [
      errorReply(c, 0),
      errorReply(stray, ERRNO.EIO),
      encodeMessages([{ type: NEW, flags: 0, sequence: 0, portId: 0, payload: new Uint8Array(4) }]),
      errorReply(a, ERRNO.EINVAL, "no"),
      errorReply(b, 0),
    ];
  });
  assert.deepEqual(await acknowledge(transport, 3), [
    { errno: ERRNO.EINVAL, detail: "no", offset: undefined },
    undefined,
    undefined,
  ]);
});

Deno.test("acknowledge() sends few datagrams, and each only after the answers to the last", async () => {
  const transport = new FakeTransport((request) => [errorReply(request, 0)]);
  assert.equal((await acknowledge(transport, 40)).length, 40);
  assert.deepEqual(transport.sent.map((messages) => messages.length), [16, 16, 8]);
  const sequences = transport.sent.flat().map((message) => message.sequence);
  assert.deepEqual(sequences, Array.from({ length: 40 }, (_, i) => i + 1));
  assert.ok(transport.sent.flat().every(({ flags }) => flags === 0x405));
});

Deno.test("acknowledge() asks nothing when there is nothing to ask", async () => {
  const transport = new FakeTransport();
  assert.deepEqual(await acknowledge(transport, 0), []);
  assert.equal(transport.sent.length, 0);
});

Deno.test("acknowledge() gives up when the kernel is silent", async () => {
  using conversation = new Conversation(new FakeTransport(), { deadlineMs: 1 });
  await assert.rejects(
    conversation.acknowledge([1], newRequest, signal),
    { message: "Cannot hear from the kernel: no answer within 1 ms" },
  );
});

Deno.test("acknowledge() throws what the socket throws, and what it cannot decode", async () => {
  const overrun = new Error("overrun");
  await assert.rejects(acknowledge(new FakeTransport(() => [overrun]), 1), overrun);
  const cut = new FakeTransport((request) => [errorReply(request, 0).slice(0, 30)]);
  await assert.rejects(acknowledge(cut, 1), RangeError);
});

Deno.test("acknowledge() and dump() end with the signal's reason", async () => {
  const reason = new Error("stop");
  for (
    const ask of [
      (c: Conversation, s: AbortSignal): Promise<unknown> => c.acknowledge([1], newRequest, s),
      (c: Conversation, s: AbortSignal): Promise<unknown> => c.dump(DUMP, s),
    ]
  ) {
    const stop = new AbortController();
    using conversation = new Conversation(new FakeTransport());
    const pending = ask(conversation, stop.signal);
    stop.abort(reason);
    await assert.rejects(pending, reason);
  }
});

Deno.test("dump() collects all parts and leaves out other messages", async () => {
  const transport = new FakeTransport((request) => [
    reply({ ...request, sequence: 77 }, LISTED, 0, Uint8Array.of(9)),
    encodeMessages([1, 2].map((n) => ({
      ...request,
      type: LISTED,
      flags: NLM_F_MULTI,
      payload: Uint8Array.of(n),
    }))),
    reply(request, NEW, NLM_F_MULTI, Uint8Array.of(8)),
    ...dumpReply(request, LISTED, [Uint8Array.of(3)]),
    reply(request, LISTED, 0, Uint8Array.of(7)),
  ]);
  assert.deepEqual(await dump(transport), [1, 2, 3]);
});

Deno.test("dump() asks again when the table changed meanwhile", async () => {
  let round = 0;
  const transport = new FakeTransport((request) =>
    ++round < 3 ? interrupted(request) : dumpReply(request, LISTED, [Uint8Array.of(round)])
  );
  assert.deepEqual(await dump(transport), [3]);
  assert.deepEqual(transport.sent.flat().map(({ sequence }) => sequence), [1, 2, 3]);
});

Deno.test("dump() gives up when the table never stands still", async () => {
  const transport = new FakeTransport(interrupted);
  await assert.rejects(dump(transport), {
    message: "Cannot list numbers: the table changed during each of 10 dumps",
  });
});

Deno.test("dump() throws the kernel's refusal, at the start and at the end", async (t) => {
  const rows: readonly { name: string; script: (request: Message) => readonly Reply[] }[] = [
    { name: "NLMSG_ERROR", script: (request) => [errorReply(request, ERRNO.EPERM, "no")] },
    {
      name: "NLMSG_DONE",
      script: (request) => [
        reply(request, LISTED, NLM_F_MULTI, Uint8Array.of(1)),
        doneWith(request, ERRNO.EPERM, "no"),
      ],
    },
  ];
  for (const { name, script } of rows) {
    await t.step(name, async () => {
      await assert.rejects(dump(new FakeTransport(script)), {
        name: "NetlinkError",
        message: "Cannot list numbers: EPERM: no",
      });
    });
  }
});

function newRequest(n: number): { type: number; flags: number; payload: Uint8Array } {
  return { type: NEW, flags: 0x400, payload: Uint8Array.of(n) };
}

async function acknowledge(transport: FakeTransport, count: number): Promise<readonly unknown[]> {
  using conversation = new Conversation(transport);
  const items = Array.from({ length: count }, (_, i) => i);
  return await conversation.acknowledge(items, newRequest, signal);
}

async function dump(transport: FakeTransport): Promise<readonly number[]> {
  using conversation = new Conversation(transport);
  return await conversation.dump(DUMP, signal);
}

function interrupted(request: Message): readonly Reply[] {
  const flags = NLM_F_MULTI | NLM_F_DUMP_INTR;
  return [
    reply(request, LISTED, flags, Uint8Array.of(0)),
    reply(request, NLMSG_DONE, flags, new Uint8Array(4)),
  ];
}

/** An NLMSG_DONE whose extended ACK follows the error number. */
function doneWith(request: Message, errno: number, text: string): Uint8Array<ArrayBuffer> {
  const error = errorReply(request, errno, text).slice(16);
  const payload = Uint8Array.from([...error.subarray(0, 4), ...error.subarray(20)]);
  return reply(request, NLMSG_DONE, NLM_F_MULTI | 0x200, payload);
}
