import { dirname } from "node:path";
import { isFile } from "../demo/control_plane/assets.ts";

const DAY_MS = 24 * 3600 * 1000;

/**
 * A large file that is made once and kept in a folder of its own, beside others of its kind. Those that nobody asked
 * for since yesterday are removed when a new one is made.
 *
 * @param path `<kind>/<key>/<name>`; the key stands for all that it is made of
 * @param make writes the file, at once and whole
 * @returns the path
 */
export async function keptFile(
  path: string,
  make: (path: string) => Promise<void>,
): Promise<string> {
  const folder = dirname(path);
  if (!isFile(path)) {
    await Deno.mkdir(folder, { recursive: true });
    await removeOld(dirname(folder));
    await make(path);
  }
  const now = new Date();
  await Deno.utime(folder, now, now);
  return path;
}

async function removeOld(kind: string): Promise<void> {
  for await (const { name } of Deno.readDir(kind)) {
    const path = `${kind}/${name}`;
    // Another process may remove it too.
    const { mtime } = await Deno.stat(path).catch(() => ({ mtime: null }));
    if (mtime === null || Date.now() - mtime.getTime() < DAY_MS) continue;
    await Deno.remove(path, { recursive: true }).catch(() => {});
  }
}
