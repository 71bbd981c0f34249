import type { Log } from "./log.ts";
import { type LifeEvent, NOTHING_TOLD, tell } from "./supervision.ts";

/** Tells the service manager how the process does. Never throws. */
export interface Notifier {
  /** The work loop came round, and this is what it does: `STATUS=`. */
  readonly beat: (doing: string) => void;
  /** An orderly stop has begun. */
  readonly stopping: () => void;
}

/** Where nobody wants to hear. */
export const NO_NOTIFIER: Notifier = { beat: () => {}, stopping: () => {} };

/** What a notifier works with. */
export interface NotifierDeps {
  /** Sends one datagram to the service manager; throws where it does not get there. */
  readonly send: (datagram: Uint8Array<ArrayBuffer>) => void;
  /** As in `Supervisor`. */
  readonly watchdogMs: number | undefined;
  /** Milliseconds that only grow. */
  readonly now: () => number;
  readonly log: Log;
}

/** Tells by datagrams. What did not get there is told again with the next event, and the first time logged. */
export function createNotifier({ send, watchdogMs, now, log }: NotifierDeps): Notifier {
  const encoder = new TextEncoder();
  let told = NOTHING_TOLD;
  let hasFailed = false;
  const hear = (event: LifeEvent): void => {
    const [next, message] = tell(told, event, { now: now(), watchdogMs });
    try {
      if (message !== undefined) send(encoder.encode(message));
      told = next;
    } catch (error) {
      if (!hasFailed) log("warn", "notNotified", { error });
      hasFailed = true;
    }
  };
  return {
    beat: (doing) => hear({ kind: "beat", doing }),
    stopping: () => hear({ kind: "stopping" }),
  };
}
