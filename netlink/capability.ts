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
  /** Whether a seccomp(2) filter is in force, of a container or of systemd; absent where nobody says. */
  readonly isFiltered: boolean | undefined;
  /** Whether the call opened a socket or changed the kernel's network configuration. */
  readonly operation: "open-socket" | "configure";
}

/**
 * What a person can do about a refused call; `undefined` where the error number speaks for itself.
 *
 * @example
 * ```ts
 * import { describeRefusal } from "./capability.ts";
 * const process = { effective: 0n, isFiltered: true };
 * const refusal = { errno: 1, needs: "CAP_NET_RAW", operation: "open-socket", ...process } as const;
 * if (!describeRefusal(refusal)?.startsWith("CAP_NET_RAW is missing")) throw new Error("hint");
 * ```
 */
export function describeRefusal(refusal: Refusal): string | undefined {
  const { errno, needs, effective, operation } = refusal;
  if (errno === ERRNO.EAFNOSUPPORT && operation === "open-socket") return describeFamily(refusal);
  if (errno !== ERRNO.EPERM && errno !== ERRNO.EACCES) return undefined;
  if (effective === undefined) return `${needs} is probably missing`;
  if ((effective >> BigInt(BITS[needs]) & 1n) === 0n) {
    return `${needs} is missing (run as root, with ${needs.slice(4)} in the container's ` +
      "securityContext.capabilities)";
  }
  if (operation === "open-socket") {
    return `${needs} is in effect, so it is ${suspectsOf(refusal).join(", or ")}`;
  }
  return `${needs} is in effect, but perhaps not for the user namespace that owns this network ` +
    "namespace";
}

/** The socket family that needs the capability, and so which a filter has to let through. */
const FAMILIES: Readonly<Record<Capability, string>> = {
  CAP_NET_ADMIN: "AF_NETLINK",
  CAP_NET_RAW: "AF_PACKET",
};

/** systemd's RestrictAddressFamilies= refuses with EAFNOSUPPORT, as a kernel without the family does. */
function describeFamily({ needs, isFiltered }: Refusal): string {
  const lacking = `the kernel, or the sandbox in its place, has no ${FAMILIES[needs]} sockets`;
  if (isFiltered === undefined) return `${lacking}, or it is ${filterOf(needs)}`;
  return isFiltered ? filterOf(needs) : lacking;
}

/** What refuses a socket to a process with the capability; a filter may use either error. */
function suspectsOf({ errno, needs, isFiltered }: Refusal): readonly string[] {
  const other = errno === ERRNO.EACCES
    ? "a security module (AppArmor, SELinux)"
    : "a network namespace that belongs to another user namespace";
  return isFiltered === false ? [other] : [filterOf(needs), other];
}

function filterOf(needs: Capability): string {
  return "the seccomp filter of this container or unit (seccompProfile RuntimeDefault lets it pass, " +
    `as does ${FAMILIES[needs]} in systemd's RestrictAddressFamilies)`;
}
