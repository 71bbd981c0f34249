/**
 * Whether this machine stores the least significant octet first. Structures of the kernel's own interfaces
 * (netlink, sockaddr, pollfd, BPF) are in the machine's order; what goes over the wire is big-endian.
 */
export const NATIVE_LITTLE_ENDIAN: boolean = new Uint8Array(Uint16Array.of(1).buffer)[0] === 1;

/** A view of exactly these bytes, sharing their memory. */
export function viewOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}
