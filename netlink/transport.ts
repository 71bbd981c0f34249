/** A datagram socket to the kernel that never blocks. */
export interface Transport extends Disposable {
  /** After this `receive` has nothing more. */
  readonly isClosed: boolean;
  /** Sends one datagram. @throws SyscallError */
  send(datagram: Uint8Array<ArrayBuffer>): void;
  /** The next datagram, an owned copy; `undefined` when there is none right now. @throws SyscallError */
  receive(): Uint8Array<ArrayBuffer> | undefined;
  /**
   * Resolves when `receive` is worth calling, when it is closed, or when `signal` aborts.
   *
   * @throws Error when waiting does not work at all
   */
  readable(signal: AbortSignal): Promise<void>;
}
