import { deepStrictEqual } from "node:assert/strict";
import { createLog, type LogOptions, messageOf } from "./log.ts";

function linesOf(
  options: Partial<LogOptions>,
  use: (log: ReturnType<typeof createLog>) => void,
): string[] {
  const lines: string[] = [];
  const write = (line: string): void => {
    lines.push(line);
  };
  use(createLog({ level: "info", format: "json", write, nowWall: () => 0, ...options }));
  return lines;
}

Deno.test("createLog() writes JSON lines with ts, level and event first", () => {
  const cause = new Error("no route");
  deepStrictEqual(
    linesOf(
      {},
      (log) =>
        log("warn", "configStale", { error: new Error("Cannot reach", { cause }), count: 2n }),
    ),
    ['{"ts":"1970-01-01T00:00:00.000Z","level":"warn","event":"configStale","error":"Cannot reach: no route","count":"2"}'],
  );
});

Deno.test("createLog() leaves out what is below its level", () => {
  deepStrictEqual(linesOf({ level: "error" }, (log) => log("warn", "x")), []);
});

Deno.test("createLog() writes text for people", () => {
  deepStrictEqual(
    linesOf(
      { format: "text" },
      (log) => log("info", "claimed", { node: "n1", ip: "::1", why: "it was silent" }),
    ),
    ['00:00:00.000 INFO  claimed node=n1 ip=::1 why="it was silent"'],
  );
});

Deno.test("messageOf() takes what was thrown, error or not", () => {
  deepStrictEqual([messageOf("x"), messageOf(undefined)], ["x", "undefined"]);
});
