import type { Json, Kube, KubeCall } from "../kube/mod.ts";

/** The client of a process that is stopped (SIGSTOP) and may go on later. */
export interface FreezableKube extends Kube {
  /** Whether it stands still now. */
  readonly isFrozen: boolean;
  /** The writes that were sent when the process went on, in order, and what the server said. */
  readonly late: readonly LateWrite[];
  /** Lets it go on; may be called again, or before it has stopped. */
  thaw(): void;
}

/** A write that was decided on before its process was stopped, and sent afterwards. */
export interface LateWrite {
  readonly path: string;
  /** Whether the server carried it out. */
  readonly isTaken: boolean;
}

/**
 * A client whose process is stopped when this write (the nth, from 0) has been decided on and not yet sent; that one
 * and all that follow are sent when it goes on.
 */
export function freezableKube(
  kube: Kube,
  isLast: (call: KubeCall, write: number) => boolean,
): FreezableKube {
  const late: LateWrite[] = [];
  const thawed = Promise.withResolvers<void>();
  let writes = 0;
  let isFrozen = false;
  return {
    late,
    get isFrozen() {
      return isFrozen;
    },
    thaw: () => {
      isFrozen = false;
      thawed.resolve();
    },
    request: async (call, signal) => {
      const isWrite = call.method !== "GET";
      if (isWrite && isLast(call, writes++)) isFrozen = true;
      const isLate = isFrozen && isWrite;
      if (isFrozen) await thawed.promise;
      // What a process sends at the moment that it goes on, it had decided on before.
      if (!isLate) return await kube.request(call, signal);
      try {
        const answer = await kube.request(call, NEVER);
        late.push({ path: call.path, isTaken: true });
        return answer;
      } catch (error) {
        late.push({ path: call.path, isTaken: false });
        throw error;
      }
    },
    stream: async function* (call, signal): AsyncGenerator<Json> {
      for await (const line of kube.stream(call, signal)) {
        if (isFrozen) await thawed.promise;
        yield line;
      }
    },
  };
}

const NEVER = new AbortController().signal;
