import { deepStrictEqual } from "node:assert/strict";
import { UsageError } from "./io.ts";
import { parseListen } from "./role.ts";

const ROWS = [
  [":7472", { hostname: undefined, port: 7472 }],
  ["127.0.0.1:0", { hostname: "127.0.0.1", port: 0 }],
  ["[::1]:80", { hostname: "::1", port: 80 }],
  ["off", undefined],
  ["7472", '--http "7472": want HOST:PORT, :PORT or off, such as ":7472"'],
  [":65536", '--http ":65536": want HOST:PORT, :PORT or off, such as ":7472"'],
  ["::1:80", '--http "::1:80": want HOST:PORT, :PORT or off, such as ":7472"'],
  ["", '--http "": want HOST:PORT, :PORT or off, such as ":7472"'],
] as const;

Deno.test("parseListen() reads where to listen, or says what it wants", () => {
  for (const [text, want] of ROWS) deepStrictEqual(listenOrFault(text), want, text);
});

function listenOrFault(text: string): unknown {
  try {
    return parseListen(text);
  } catch (error) {
    return error instanceof UsageError ? error.message : error;
  }
}
