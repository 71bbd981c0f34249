import { deepEqual, equal } from "node:assert/strict";
import {
  errorOfAnswer,
  isAlreadyExists,
  isConflict,
  isForbidden,
  isGone,
  isNotFound,
} from "./errors.ts";
import type { Json } from "./types.ts";

function answer(status: number, body?: Json, retryAfter: string | null = null): Error {
  return errorOfAnswer({ verb: "GET", path: "/x", status, retryAfter, body });
}

Deno.test("the predicates tell the refusals apart that callers act on", async (t) => {
  const tests = { isAlreadyExists, isConflict, isForbidden, isGone, isNotFound };
  const rows: readonly { error: unknown; want: readonly string[] }[] = [
    { error: answer(409, { reason: "Conflict" }), want: ["isConflict"] },
    { error: answer(409, { reason: "AlreadyExists" }), want: ["isAlreadyExists"] },
    { error: answer(409), want: ["isConflict"] },
    { error: answer(410), want: ["isGone"] },
    { error: answer(404), want: ["isNotFound"] },
    { error: answer(403), want: ["isForbidden"] },
    { error: answer(500), want: [] },
    { error: new Error("409"), want: [] },
    { error: undefined, want: [] },
  ];
  for (const { error, want } of rows) {
    await t.step(String(error), () => {
      const got = Object.entries(tests).filter(([, test]) => test(error)).map(([name]) => name);
      deepEqual(got, want);
    });
  }
});

Deno.test("errorOfAnswer() takes the time to wait from the header, else from the Status", () => {
  const body = { details: { retryAfterSeconds: 5 } };
  const read = (retryAfter: string | null, given?: Json): number | undefined =>
    errorOfAnswer({ verb: "GET", path: "/x", status: 429, retryAfter, body: given })
      .retryAfterSeconds;
  equal(read("3", body), 3);
  equal(read(null, body), 5);
  equal(read("Wed, 21 Oct 2015 07:28:00 GMT"), undefined);
});
