import { ERRNO } from "./errno.ts";
import { SyscallError } from "./errors.ts";
import type { Libc } from "./libc.ts";

/** The kernel tells a parameter in one reading of at most a page. */
const PAGE_BYTES = 4096;

/**
 * Reads a kernel parameter, a short file under /proc, without the line's end; `undefined` where it is not there.
 *
 * @throws SyscallError
 */
export function readParameter(
  libc: Pick<Libc, "openFile" | "readFile" | "close">,
  path: string,
): string | undefined {
  const fd = openParameter(libc, path);
  if (fd === undefined) return undefined;
  try {
    const page = new Uint8Array(PAGE_BYTES);
    const text = new TextDecoder().decode(page.subarray(0, libc.readFile(fd, page)));
    return text.trimEnd();
  } finally {
    libc.close(fd);
  }
}

function openParameter(libc: Pick<Libc, "openFile">, path: string): number | undefined {
  try {
    return libc.openFile(path);
  } catch (error) {
    // Another kernel, or the interface is gone.
    if (error instanceof SyscallError && error.errno === ERRNO.ENOENT) return undefined;
    throw error;
  }
}
