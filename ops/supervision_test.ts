import { deepStrictEqual } from "node:assert/strict";
import { type LifeEvent, NOTHING_TOLD, parseSupervisor, tell } from "./supervision.ts";

const PID = 42;

const ENVIRONMENTS = [
  [{}, undefined],
  [{ NOTIFY_SOCKET: "" }, undefined],
  [{ NOTIFY_SOCKET: "vsock:2:1234" }, undefined],
  [{ NOTIFY_SOCKET: "/run/n" }, { socket: "/run/n", watchdogMs: undefined }],
  [{ WATCHDOG_USEC: "10000000" }, undefined],
  [{ NOTIFY_SOCKET: "@n", WATCHDOG_USEC: "10000000" }, { socket: "@n", watchdogMs: 10_000 }],
  [{ NOTIFY_SOCKET: "@n", WATCHDOG_USEC: "5000", WATCHDOG_PID: "42" }, {
    socket: "@n",
    watchdogMs: 5,
  }],
  [{ NOTIFY_SOCKET: "@n", WATCHDOG_USEC: "5000", WATCHDOG_PID: "41" }, {
    socket: "@n",
    watchdogMs: undefined,
  }],
  [{ NOTIFY_SOCKET: "@n", WATCHDOG_USEC: "0" }, { socket: "@n", watchdogMs: undefined }],
  [{ NOTIFY_SOCKET: "@n", WATCHDOG_USEC: "1s" }, { socket: "@n", watchdogMs: undefined }],
] as const;

Deno.test("parseSupervisor() knows who listens, and whether it watches this process", () => {
  for (const [environment, want] of ENVIRONMENTS) {
    const values = new Map<string, string>(Object.entries(environment));
    deepStrictEqual(parseSupervisor((name) => values.get(name), PID), want, `${[...values]}`);
  }
});

const beat = (doing: string): LifeEvent => ({ kind: "beat", doing });

interface Step {
  readonly at: number;
  readonly event: LifeEvent;
  readonly want: string | undefined;
}

const LIVES: Readonly<Record<string, { readonly watchdogMs?: number; readonly steps: Step[] }>> = {
  "without a watchdog, what is new is told": {
    steps: [
      { at: 0, event: beat("waiting"), want: "READY=1\nSTATUS=waiting" },
      { at: 1_000, event: beat("waiting"), want: undefined },
      { at: 2_000, event: beat("leading"), want: "STATUS=leading" },
    ],
  },
  "the watchdog is fed by beats, four times in its interval at most": {
    watchdogMs: 10_000,
    steps: [
      { at: 0, event: beat("a"), want: "READY=1\nSTATUS=a\nWATCHDOG=1" },
      { at: 2_499, event: beat("a"), want: undefined },
      { at: 2_500, event: beat("a"), want: "WATCHDOG=1" },
      { at: 9_000, event: beat("b"), want: "STATUS=b\nWATCHDOG=1" },
      { at: 9_001, event: beat("c"), want: "STATUS=c" },
    ],
  },
  "a stop is told once, and nothing after it": {
    watchdogMs: 10_000,
    steps: [
      { at: 0, event: beat("a"), want: "READY=1\nSTATUS=a\nWATCHDOG=1" },
      { at: 1, event: { kind: "stopping" }, want: "STOPPING=1\nSTATUS=Stopping" },
      { at: 2, event: { kind: "stopping" }, want: undefined },
      { at: 9_000, event: beat("a"), want: undefined },
    ],
  },
  "a process may be stopped before it is ready": {
    steps: [{ at: 0, event: { kind: "stopping" }, want: "STOPPING=1\nSTATUS=Stopping" }],
  },
};

Deno.test("tell() says what the service manager does not know yet", async (t) => {
  for (const [name, { watchdogMs, steps }] of Object.entries(LIVES)) {
    await t.step(name, () => {
      let told = NOTHING_TOLD;
      for (const { at, event, want } of steps) {
        const [next, message] = tell(told, event, { now: at, watchdogMs });
        deepStrictEqual(message, want, `at ${at}`);
        told = next;
      }
    });
  }
});
