import { dirname } from "node:path";
import type { Arch } from "./arch.ts";
import { type DebianPackage, parseStatus } from "./dpkg.ts";

/** The packages that files are taken from. */
export const DEBIAN_PACKAGES = ["base-files", "ca-certificates", "libc6", "libgcc-s1"] as const;

/** The shared libraries that a compiled program names (`ldd`). What glibc needs to resolve names is in libc.so.6. */
const LIBRARIES = [
  "libc.so.6",
  "libdl.so.2",
  "libgcc_s.so.1",
  "libm.so.6",
  "libpthread.so.0",
  "librt.so.1",
];

interface Places {
  /** The folder of the processor's libraries, below `/lib`. */
  readonly triplet: string;
  /** The dynamic loader, as a program names it. */
  readonly loader: string;
}

const PLACES: Readonly<Record<Arch, Places>> = {
  x86_64: { triplet: "x86_64-linux-gnu", loader: "lib64/ld-linux-x86-64.so.2" },
  aarch64: { triplet: "aarch64-linux-gnu", loader: "lib/ld-linux-aarch64.so.1" },
};

/** Files that no package has. */
const WRITTEN: Readonly<Record<string, string>> = {
  "etc/passwd": "root:x:0:0:root:/:/sbin/nologin\nnonroot:x:65534:65534:nonroot:/:/sbin/nologin\n",
  "etc/group": "root:x:0:\nnonroot:x:65534:\n",
  // Without it glibc asks the name server even for what stands in /etc/hosts.
  "etc/nsswitch.conf": "hosts: files dns\n",
};

/** The files that are taken from Debian, by their paths from the root. */
export function debianFiles(arch: Arch): readonly string[] {
  const { triplet, loader } = PLACES[arch];
  return [
    loader,
    ...LIBRARIES.map((name) => `lib/${triplet}/${name}`),
    "etc/os-release",
    "etc/ssl/certs/ca-certificates.crt",
    ...DEBIAN_PACKAGES.map((name) => `usr/share/doc/${name}/copyright`),
  ];
}

/**
 * Writes what an image has beside the program into `root`: the files of Debian, with what scanners for known faults
 * read the packages from (`/var/lib/dpkg/status.d`), and the tables of users. Links are followed.
 *
 * @param debian the root of an installed Debian
 * @returns the packages, by name
 * @throws Error when one of them is not installed there
 */
export async function takeDebianFiles(
  debian: string,
  root: string,
  arch: Arch,
): Promise<readonly DebianPackage[]> {
  const installed = parseStatus(await Deno.readTextFile(`${debian}/var/lib/dpkg/status`));
  const packages = DEBIAN_PACKAGES.map((name) => {
    const found = installed.find((one) => one.name === name);
    if (found === undefined) throw new Error(`Cannot take files of ${name}: it is not installed`);
    return found;
  });
  for (const path of debianFiles(arch)) {
    await place(root, path, await Deno.readFile(`${debian}/${path}`));
  }
  const texts = packages.map(({ name, paragraph }) =>
    [`var/lib/dpkg/status.d/${name}`, `${paragraph}\n`] as const
  );
  for (const [path, text] of [...Object.entries(WRITTEN), ...texts]) {
    await place(root, path, new TextEncoder().encode(text));
  }
  return packages;
}

async function place(root: string, path: string, bytes: Uint8Array): Promise<void> {
  const to = `${root}/${path}`;
  await Deno.mkdir(dirname(to), { recursive: true });
  await Deno.writeFile(to, bytes);
  // The loader and libraries are programs of a kind: debuggers and ldd want them to be executable.
  await Deno.chmod(to, path.startsWith("lib") ? 0o755 : 0o644);
}
