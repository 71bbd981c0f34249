import assert from "node:assert/strict";
import fc from "fast-check";
import type { Rejection } from "./errors.ts";
import { decodeMessages, decodeRejection, encodeMessages, type Message } from "./message.ts";
import { fromHex } from "./testing.ts";

// What Linux 6.18 on x86_64 answered to an RTM_NEWADDR of 92 bytes.
const ACK_CAPPED = fromHex(`
  24 00 00 00              # nlmsg_len 36
  02 00                    # nlmsg_type NLMSG_ERROR
  00 01                    # nlmsg_flags NLM_F_CAPPED
  01 00 00 00              # nlmsg_seq
  d2 04 00 00              # nlmsg_pid
  00 00 00 00              # error 0
  5c 00 00 00 14 00 05 05 01 00 00 00 00 00 00 00   # header of the request
`);
const REFUSAL_CAPPED = fromHex(`
  48 00 00 00 02 00 00 03 01 00 00 00 d2 04 00 00   # NLM_F_CAPPED | NLM_F_ACK_TLVS
  ea ff ff ff              # error -22
  5c 00 00 00 14 00 05 05 01 00 00 00 00 00 00 00
  23 00 01 00              # NLMSGERR_ATTR_MSG "ipv4: address lifetime invalid"
  69 70 76 34 3a 20 61 64 64 72 65 73 73 20 6c 69 66 65 74 69 6d 65 20 69 6e 76 61 6c 69 64 00 00
`);
const REFUSAL_WHOLE = fromHex(`
  94 00 00 00 02 00 00 02 01 00 00 00 d2 04 00 00   # NLM_F_ACK_TLVS without NLM_F_CAPPED
  ea ff ff ff
  5c 00 00 00 14 00 05 05 01 00 00 00 00 00 00 00   # header of the request, and all of it:
  02 20 00 00 03 00 00 00 08 00 02 00 c0 00 02 c8 08 00 01 00 c0 00 02 c8 08 00 08 00 00 02 00 00
  14 00 06 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00
  0f 00 03 00 76 30 3a 6c 61 6e 6c 6f 72 64 00 00 05 00 0b 00 4d 00 00 00
  23 00 01 00
  69 70 76 34 3a 20 61 64 64 72 65 73 73 20 6c 69 66 65 74 69 6d 65 20 69 6e 76 61 6c 69 64 00 00
`);
const REFUSAL_OFFSET = fromHex(`
  78 00 00 00 02 00 00 03 01 00 00 00 d2 04 00 00
  de ff ff ff              # error -34
  5c 00 00 00 14 00 05 05 01 00 00 00 00 00 00 00
  27 00 01 00              # NLMSGERR_ATTR_MSG "Attribute failed policy validation"
  41 74 74 72 69 62 75 74 65 20 66 61 69 6c 65 64 20 70 6f 6c 69 63 79 20 76 61 6c 69 64 61 74 69
  6f 6e 00 00
  08 00 02 00 18 00 00 00  # NLMSGERR_ATTR_OFFS 24
  24 00 04 80              # NLMSGERR_ATTR_POLICY, which is not read
  0c 00 04 00 00 00 00 00 00 00 00 00 0c 00 05 00 ff ff ff ff 00 00 00 00 08 00 01 00 04 00 00 00
`);
const REFUSAL_PLAIN = fromHex(`
  24 00 00 00 02 00 00 00 01 00 00 00 d2 04 00 00
  9d ff ff ff              # error -99
  28 00 00 00 15 00 05 00 01 00 00 00 00 00 00 00
`);
const DONE = fromHex(`
  14 00 00 00 03 00 02 00 01 00 00 00 d2 04 00 00   # NLMSG_DONE, NLM_F_MULTI
  00 00 00 00
`);
const DONE_REFUSED = fromHex(`
  14 00 00 00 03 00 02 00 01 00 00 00 d2 04 00 00
  ea ff ff ff
`);

const LIFETIME = "ipv4: address lifetime invalid";
const POLICY = "Attribute failed policy validation";

interface Row {
  readonly name: string;
  readonly input: Uint8Array;
  readonly kind: "error" | "done";
  readonly want: Rejection | undefined;
}

const ROWS: readonly Row[] = [
  { name: "ACK", input: ACK_CAPPED, kind: "error", want: undefined },
  {
    name: "refusal in words, request capped",
    input: REFUSAL_CAPPED,
    kind: "error",
    want: { errno: 22, detail: LIFETIME, offset: undefined },
  },
  {
    name: "refusal in words behind the whole request",
    input: REFUSAL_WHOLE,
    kind: "error",
    want: { errno: 22, detail: LIFETIME, offset: undefined },
  },
  {
    name: "refusal with the place",
    input: REFUSAL_OFFSET,
    kind: "error",
    want: { errno: 34, detail: POLICY, offset: 24 },
  },
  {
    name: "refusal without words",
    input: REFUSAL_PLAIN,
    kind: "error",
    want: { errno: 99, detail: undefined, offset: undefined },
  },
  { name: "end of a dump", input: DONE, kind: "done", want: undefined },
  {
    name: "dump that failed",
    input: DONE_REFUSED,
    kind: "done",
    want: { errno: 22, detail: undefined, offset: undefined },
  },
];

Deno.test("decodeRejection() reads what the kernel answered", async (t) => {
  for (const { name, input, kind, want } of ROWS) {
    await t.step(name, () => assert.deepEqual(decodeRejection(only(input), kind), want));
  }
});

Deno.test("decodeRejection() rejects an error without its number", () => {
  const message = { ...only(ACK_CAPPED), payload: new Uint8Array(3) };
  assert.throws(
    () => decodeRejection(message, "error"),
    new RangeError("Cannot decode netlink error: need 4 bytes, have 3"),
  );
  assert.equal(decodeRejection({ ...message, payload: new Uint8Array(0) }, "done"), undefined);
});

Deno.test("decodeMessages() rejects what is cut short", async (t) => {
  const rows = [
    { length: 15, want: "Cannot decode netlink header: need 16 bytes, have 15" },
    {
      length: 35,
      want: "Cannot decode netlink message: want a length of 16 to 35 bytes, found 36",
    },
    {
      length: 40,
      want: "Cannot decode netlink header: need 16 bytes, have 4",
    },
  ];
  const input = new Uint8Array(40);
  input.set(ACK_CAPPED);
  for (const { length, want } of rows) {
    await t.step(`${length} bytes`, () => {
      assert.throws(() => decodeMessages(input.subarray(0, length)), new RangeError(want));
    });
  }
  const tooSmall = ACK_CAPPED.with(0, 15);
  assert.throws(
    () => decodeMessages(tooSmall),
    new RangeError("Cannot decode netlink message: want a length of 16 to 36 bytes, found 15"),
  );
});

Deno.test("decodeMessages() needs no padding behind the last message", () => {
  const message = { type: 16, flags: 2, sequence: 3, portId: 4, payload: Uint8Array.of(1, 2, 3) };
  const bytes = encodeMessages([message]);
  assert.equal(bytes.length, 20);
  assert.deepEqual(decodeMessages(bytes.subarray(0, 19)).map(plain), [plain(message)]);
});

Deno.test("decodeMessages() undoes encodeMessages()", () => {
  const message = fc.record({
    type: fc.nat(0xffff),
    flags: fc.nat(0xffff),
    sequence: fc.nat(0xffffffff),
    portId: fc.nat(0xffffffff),
    payload: fc.uint8Array({ maxLength: 40 }),
  });
  fc.assert(fc.property(fc.array(message, { maxLength: 8 }), (messages) => {
    assert.deepEqual(decodeMessages(encodeMessages(messages)).map(plain), messages.map(plain));
  }));
});

Deno.test("encodeMessages() undoes decodeMessages() on what the kernel sent", () => {
  for (const input of [ACK_CAPPED, REFUSAL_CAPPED, REFUSAL_WHOLE, REFUSAL_OFFSET, DONE]) {
    assert.deepEqual(encodeMessages(decodeMessages(input)), input);
  }
});

function only(datagram: Uint8Array): Message {
  const [message, ...others] = decodeMessages(datagram);
  assert.ok(message !== undefined && others.length === 0);
  return message;
}

function plain(message: Message): unknown {
  return { ...message, payload: [...message.payload] };
}
