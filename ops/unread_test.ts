import assert from "node:assert/strict";
import { whyUnread } from "./unread.ts";

const ROWS: readonly (readonly [error: Error, want: string])[] = [
  [new Deno.errors.NotFound("No such file or directory (os error 2)"), "there is no such file"],
  [new Deno.errors.PermissionDenied("(os error 13)"), "this user may not read it"],
  [new Deno.errors.IsADirectory("(os error 21)"), "it is a folder"],
  [new Error("Input/output error (os error 5)"), "Input/output error (os error 5)"],
];

for (const [error, want] of ROWS) {
  Deno.test(`whyUnread() of ${error.name}: ${want}`, () => {
    assert.equal(whyUnread(error), want);
  });
}
