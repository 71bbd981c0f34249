/** The service manager that started this process, and what it wants to hear (sd_notify(3)). */
export interface Supervisor {
  /** Where it listens: a path, or an abstract name after `@`. */
  readonly socket: string;
  /** A process silent for this long is killed; absent where that is not watched (sd_watchdog_enabled(3)). */
  readonly watchdogMs: number | undefined;
}

/** What is told of. */
export type LifeEvent =
  /** The work loop came round. */
  | { readonly kind: "beat"; readonly doing: string }
  | { readonly kind: "stopping" };

/** What the service manager was told so far. */
export interface Told {
  readonly phase: "starting" | "running" | "stopping";
  /** The last `STATUS=`. */
  readonly status: string | undefined;
  /** When it last heard that the process lives, ms. */
  readonly aliveAt: number;
}

/** Nothing was told yet. */
export const NOTHING_TOLD: Told = { phase: "starting", status: undefined, aliveAt: -Infinity };

/** A beat that comes sooner than this part of the watchdog's time is not passed on. */
const WATCHDOG_PART = 1 / 4;

/**
 * Who supervises this process, by the environment: `NOTIFY_SOCKET`, `WATCHDOG_USEC` and `WATCHDOG_PID`. `undefined`
 * where nobody does that has a Unix socket. A watchdog that is another process's, or no whole number, is none.
 */
export function parseSupervisor(
  env: (name: string) => string | undefined,
  pid: number,
): Supervisor | undefined {
  const socket = env("NOTIFY_SOCKET");
  // A virtual machine's is "vsock:" and numbers: what it is not told keeps nothing from running.
  if (socket === undefined || !/^[/@]./.test(socket)) return undefined;
  const isOurs = (env("WATCHDOG_PID") ?? `${pid}`) === `${pid}`;
  const usec = env("WATCHDOG_USEC") ?? "";
  const isWatched = isOurs && /^[1-9][0-9]{0,15}$/.test(usec);
  return { socket, watchdogMs: isWatched ? Number(usec) / 1_000 : undefined };
}

/**
 * What an event means for the service manager: what it was told then, and the message, absent where it is nothing new.
 *
 * `READY=1` goes with the first beat: everything that a wrong flag, credential or missing right spoils comes before
 * it, and nothing that waits for another machine does. `WATCHDOG=1` goes with beats and nothing else.
 */
export function tell(
  told: Told,
  event: LifeEvent,
  { now, watchdogMs }: { readonly now: number; readonly watchdogMs: number | undefined },
): [Told, string | undefined] {
  switch (event.kind) {
    case "beat": {
      if (told.phase === "stopping") return [told, undefined];
      const isDue = watchdogMs !== undefined && now - told.aliveAt >= watchdogMs * WATCHDOG_PART;
      const lines = [
        ...told.phase === "starting" ? ["READY=1"] : [],
        ...told.status === event.doing ? [] : [`STATUS=${event.doing}`],
        ...isDue ? ["WATCHDOG=1"] : [],
      ];
      const aliveAt = isDue ? now : told.aliveAt;
      return [{ phase: "running", status: event.doing, aliveAt }, joined(lines)];
    }
    case "stopping":
      if (told.phase === "stopping") return [told, undefined];
      return [{ ...told, phase: "stopping" }, "STOPPING=1\nSTATUS=Stopping"];
    default:
      return event satisfies never;
  }
}

function joined(lines: readonly string[]): string | undefined {
  return lines.length === 0 ? undefined : lines.join("\n");
}
