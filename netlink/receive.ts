import { setImmediate } from "node:timers";
import type { Transport } from "./transport.ts";

export interface DatagramOptions {
  /** How long to wait for each datagram, in milliseconds. @default without limit */
  readonly deadlineMs?: number;
  /** How many datagrams are taken before other work of the process gets a turn. @default 64 */
  readonly batch?: number;
}

/** Resolves after timers, sockets and promises of the rest of the process have had a turn. */
export function eventLoopTurn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}

/**
 * Datagrams one after another, until the transport is closed or `signal` aborts.
 *
 * @throws SyscallError what `receive` throws
 * @throws Error when none comes within the deadline
 */
export async function* datagrams(
  transport: Transport,
  signal: AbortSignal,
  options: DatagramOptions = {},
): AsyncGenerator<Uint8Array<ArrayBuffer>, void, undefined> {
  const { deadlineMs, batch = 64 } = options;
  let taken = 0;
  while (!signal.aborted && !transport.isClosed) {
    const datagram = transport.receive();
    if (datagram === undefined) {
      if (deadlineMs === undefined) await transport.readable(signal);
      else await readableWithin(deadlineMs, transport, signal);
      continue;
    }
    yield datagram;
    if (++taken % batch === 0) await eventLoopTurn();
  }
}

async function readableWithin(
  deadlineMs: number,
  transport: Transport,
  signal: AbortSignal,
): Promise<void> {
  const deadline = new AbortController();
  const abort = (): void => deadline.abort();
  signal.addEventListener("abort", abort);
  let isLate = false;
  const timer = setTimeout(() => {
    isLate = true;
    abort();
  }, deadlineMs);
  try {
    if (signal.aborted) return;
    await transport.readable(deadline.signal);
  } finally {
    clearTimeout(timer);
    signal.removeEventListener("abort", abort);
  }
  if (isLate) throw new Error(`Cannot hear from the kernel: no answer within ${deadlineMs} ms`);
}
