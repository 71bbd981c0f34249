import { EFD_CLOEXEC, EFD_NONBLOCK, POLLIN } from "./constants.ts";
import type { Libc } from "./libc.ts";
import { NATIVE_LITTLE_ENDIAN, viewOf } from "./native.ts";
import { eventLoopTurn } from "./receive.ts";

/** struct pollfd (poll.h): 0 i32 fd, 4 i16 events, 6 i16 revents. */
const POLLFD_BYTES = 8;

/** poll(2) may be interrupted by a signal; failing again and again means that it cannot work. */
const MAX_FAILURES = 100;

/** The calls that waiting takes. */
export type PollCalls = Pick<Libc, "eventfd" | "raiseEvent" | "clearEvent" | "poll" | "close">;

interface Waiter {
  readonly fd: number;
  readonly finish: () => void;
}

/**
 * Waits for any number of descriptors with one poll(2) on a helper thread.
 * Only while somebody waits does it run and keep the event loop alive; an eventfd wakes it for changes.
 */
export class Poller implements AsyncDisposable {
  readonly #libc: PollCalls;
  readonly #eventFd: number;
  readonly #waiters = new Set<Waiter>();
  /** Whether poll(2) is under way and has not been woken. */
  #isPolling = false;
  #isClosed = false;
  #running: Promise<void> | undefined;
  #failure: Error | undefined;

  /** @throws SyscallError when there are no more descriptors */
  constructor(libc: PollCalls) {
    this.#libc = libc;
    this.#eventFd = libc.eventfd(EFD_CLOEXEC | EFD_NONBLOCK);
  }

  /**
   * Resolves when the descriptor is readable (or has an error to read), when it is forgotten, or when `signal`
   * aborts.
   *
   * @throws when poll(2) does not work at all
   */
  readable(fd: number, signal: AbortSignal): Promise<void> {
    if (this.#failure !== undefined) return Promise.reject(this.#failure);
    if (this.#isClosed || signal.aborted) return Promise.resolve();
    return new Promise((resolve) => {
      const abort = (): void => {
        finish();
        this.#wake();
      };
      const finish = (): void => {
        this.#waiters.delete(waiter);
        signal.removeEventListener("abort", abort);
        resolve();
      };
      const waiter: Waiter = { fd, finish };
      this.#waiters.add(waiter);
      signal.addEventListener("abort", abort);
      this.#wake();
      this.#running ??= this.#run();
    });
  }

  /** Ends every wait for the descriptor; call it before closing. */
  forget(fd: number): void {
    for (const waiter of [...this.#waiters]) if (waiter.fd === fd) waiter.finish();
    this.#wake();
  }

  /** Ends every wait and the helper thread's call. */
  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#isClosed) return;
    this.#isClosed = true;
    for (const waiter of [...this.#waiters]) waiter.finish();
    this.#wake();
    await this.#running;
    this.#libc.close(this.#eventFd);
  }

  #wake(): void {
    if (!this.#isPolling) return;
    this.#isPolling = false;
    this.#libc.raiseEvent(this.#eventFd);
  }

  async #run(): Promise<void> {
    let failures = 0;
    for (;;) {
      // Those just told read first and then wait again, so that the next call has them all.
      await eventLoopTurn();
      if (this.#waiters.size === 0 || failures === MAX_FAILURES) break;
      failures = await this.#pollOnce() ? 0 : failures + 1;
    }
    this.#running = undefined;
    if (failures < MAX_FAILURES) return;
    this.#failure = new Error(`Cannot wait for sockets: poll failed ${failures} times in a row`);
    for (const waiter of [...this.#waiters]) waiter.finish();
  }

  /** Whether the call itself worked. */
  async #pollOnce(): Promise<boolean> {
    const waiters = [...this.#waiters];
    const pollfds = encodePollfds([this.#eventFd, ...waiters.map((waiter) => waiter.fd)]);
    this.#isPolling = true;
    const ready = await this.#libc.poll(pollfds, waiters.length + 1);
    this.#isPolling = false;
    if (ready < 0) return false;
    if (hasEvents(pollfds, 0)) this.#libc.clearEvent(this.#eventFd);
    for (const [i, waiter] of waiters.entries()) {
      if (hasEvents(pollfds, i + 1) && this.#waiters.has(waiter)) waiter.finish();
    }
    return true;
  }
}

function encodePollfds(fds: readonly number[]): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(POLLFD_BYTES * fds.length);
  const view = viewOf(bytes);
  for (const [i, fd] of fds.entries()) {
    view.setInt32(POLLFD_BYTES * i, fd, NATIVE_LITTLE_ENDIAN);
    view.setInt16(POLLFD_BYTES * i + 4, POLLIN, NATIVE_LITTLE_ENDIAN);
  }
  return bytes;
}

function hasEvents(pollfds: Uint8Array, index: number): boolean {
  return viewOf(pollfds).getInt16(POLLFD_BYTES * index + 6, NATIVE_LITTLE_ENDIAN) !== 0;
}
