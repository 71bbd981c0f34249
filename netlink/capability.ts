import { CAP_NET_ADMIN, CAP_NET_RAW } from "./constants.ts";
import { ERRNO } from "./errno.ts";

/** A capability (capabilities(7)) that some call of this folder needs. */
export type Capability = "CAP_NET_ADMIN" | "CAP_NET_RAW";

const BITS: Readonly<Record<Capability, number>> = { CAP_NET_ADMIN, CAP_NET_RAW };

/** A refused call, and what is known about the process that made it. */
export interface Refusal {
  /** Positive, as in errno.h. */
  readonly errno: number;
  readonly needs: Capability;
  /** The effective capabilities, bit by number; absent where they could not be read. */
  readonly effective: bigint | undefined;
  /** Whether the call opened a socket or changed the kernel's network configuration. */
  readonly operation: "open-socket" | "configure";
}

/**
 * What a person can do about a refused call; `undefined` where the error number speaks for itself.
 *
 * @example
 * ```ts
 * import { describeRefusal } from "./capability.ts";
 * const refusal = { errno: 1, needs: "CAP_NET_RAW", effective: 0n, operation: "open-socket" } as const;
 * if (!describeRefusal(refusal)?.startsWith("CAP_NET_RAW is missing")) throw new Error("hint");
 * ```
 */
export function describeRefusal(refusal: Refusal): string | undefined {
  const { errno, needs, effective, operation } = refusal;
  if (errno === ERRNO.EAFNOSUPPORT && operation === "open-socket") {
    return "the kernel lacks this socket family, or the container's seccomp profile forbids it";
  }
  if (errno !== ERRNO.EPERM && errno !== ERRNO.EACCES) return undefined;
  if (effective === undefined) return `${needs} is probably missing`;
  if ((effective >> BigInt(BITS[needs]) & 1n) === 0n) {
    return `${needs} is missing (run as root, or add ${needs.slice(4)} to the container's ` +
      "securityContext.capabilities)";
  }
  if (operation === "open-socket") {
    return `${needs} is in effect, so this may be the container's seccomp profile, or a network ` +
      "namespace that belongs to another user namespace";
  }
  return `${needs} is in effect, but perhaps not for the user namespace that owns this network ` +
    "namespace";
}
