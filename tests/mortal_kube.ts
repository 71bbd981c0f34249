import type { Kube, KubeCall } from "../kube/mod.ts";

/** Where in the life of one write its process dies. */
export type Moment = "unsent" | "sent" | "answered";

/** All moments at which one write can be cut off. */
export const MOMENTS: readonly Moment[] = ["unsent", "sent", "answered"];

/** The end of a process: at its nth write, from 0. */
export interface Death {
  readonly write: number;
  readonly moment: Moment;
}

/** The client of a process that can die. */
export interface MortalKube extends Kube {
  /** The writes that were sent, as `PATCH /api/v1/…`, in order. */
  readonly writes: readonly string[];
  readonly isDead: boolean;
}

/**
 * A client that dies with its process: from then on nothing is sent and nothing is heard. What was sent
 * before is carried out all the same. Calls that only read are not counted: to die before one is to die after
 * the write before it.
 */
export function mortalKube(kube: Kube, death: Death | undefined, onDeath: () => void): MortalKube {
  const writes: string[] = [];
  const dead = new AbortController();
  const die = (): void => {
    dead.abort(new DOMException("The process has died", "AbortError"));
    onDeath();
  };
  const dyingAt = (call: KubeCall): Moment | undefined => {
    if (call.method === "GET") return undefined;
    const isLast = death?.write === writes.length;
    if (!isLast || death.moment !== "unsent") writes.push(`${call.method} ${call.path}`);
    return isLast ? death.moment : undefined;
  };
  return {
    writes,
    get isDead() {
      return dead.signal.aborted;
    },
    request: async (call, signal) => {
      dead.signal.throwIfAborted();
      const moment = dyingAt(call);
      if (moment === "unsent") die();
      dead.signal.throwIfAborted();
      // The server carries out what it was sent, whoever is there to hear of it.
      const isRead = call.method === "GET";
      const answer = kube.request(call, isRead ? AbortSignal.any([signal, dead.signal]) : NEVER);
      if (moment === "sent") die();
      try {
        return await Promise.race([answer, untilAborted(dead.signal), untilAborted(signal)]);
      } finally {
        if (moment === "answered") die();
        dead.signal.throwIfAborted();
      }
    },
    stream: (call, signal) => kube.stream(call, AbortSignal.any([signal, dead.signal])),
  };
}

const NEVER = new AbortController().signal;

function untilAborted(signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) => {
    if (signal.aborted) return reject(signal.reason);
    signal.addEventListener("abort", () => reject(signal.reason), { once: true });
  });
}
