import type { Transport } from "./transport.ts";

/** How many datagrams are taken without giving way to other work of the process. */
const BATCH = 64;

export interface DatagramOptions {
  /** How long to wait for each datagram. @default without limit */
  readonly deadlineMs?: number;
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
  const { deadlineMs } = options;
  let left = BATCH;
  while (!signal.aborted && !transport.isClosed) {
    const datagram = left > 0 ? transport.receive() : undefined;
    if (datagram !== undefined) {
      left--;
      yield datagram;
      continue;
    }
    left = BATCH;
    if (deadlineMs === undefined) await transport.readable(signal);
    else await readableWithin(deadlineMs, transport, signal);
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
