import { errnoName } from "./errno.ts";

/** What a failed system call says beyond its error number. */
export interface SyscallErrorOptions {
  /** What could not be done: `open packet socket`. @default call "…" */
  readonly action?: string;
  /** What would make it work, or what is known about the reason. */
  readonly hint?: string;
  readonly cause?: unknown;
}

/** A call into the C library failed. */
export class SyscallError extends Error {
  override readonly name = "SyscallError";
  /** The C function: `socket`, `bind` … */
  readonly call: string;
  /** Positive, as in errno.h. */
  readonly errno: number;
  /** The number's name: `EPERM`. */
  readonly code: string;
  /** What would make it work, or what is known about the reason; part of the message. */
  readonly hint: string | undefined;

  constructor(call: string, errno: number, options: SyscallErrorOptions = {}) {
    const { action = `call "${call}"`, hint, cause } = options;
    super(joinMessage([`Cannot ${action}`, errnoName(errno), hint]), { cause });
    this.call = call;
    this.hint = hint;
    this.errno = errno;
    this.code = errnoName(errno);
  }
}

/** What the kernel said when it refused a netlink request. */
export interface Rejection {
  /** Positive, as in errno.h. */
  readonly errno: number;
  /** NLMSGERR_ATTR_MSG: the kernel's reason in words, where it gave one. */
  readonly detail: string | undefined;
  /** NLMSGERR_ATTR_OFFS: the byte of the request that was at fault, header included. */
  readonly offset: number | undefined;
}

/** The kernel refused a netlink request. */
export class NetlinkError extends Error {
  override readonly name = "NetlinkError";
  /** Positive, as in errno.h. */
  readonly errno: number;
  /** The number's name: `EADDRNOTAVAIL`. */
  readonly code: string;
  /** The kernel's reason in words, where it gave one. */
  readonly detail: string | undefined;
  /** The byte of the request that was at fault, header included, where the kernel said so. */
  readonly offset: number | undefined;
  /** What would make it work, or what is known about the reason; part of the message. */
  readonly hint: string | undefined;

  /** `action` is what was asked for: `add address "192.0.2.1/32" to link 2`. */
  constructor(action: string, rejection: Rejection, hint?: string) {
    const { errno, detail, offset } = rejection;
    const where = offset === undefined ? undefined : `at byte ${offset} of the request`;
    super(joinMessage([`Cannot ${action}`, errnoName(errno), detail, where, hint]));
    this.errno = errno;
    this.code = errnoName(errno);
    this.detail = detail;
    this.offset = offset;
    this.hint = hint;
  }
}

function joinMessage(parts: readonly (string | undefined)[]): string {
  return parts.filter((part) => part !== undefined).join(": ");
}
