/** The processors that there is a program for, as the kernel names them. */
export type Arch = "x86_64" | "aarch64";

/** All of them. */
export const ARCHES: readonly Arch[] = ["x86_64", "aarch64"];

/** What Debian, and whoever builds images, call each. */
export const DEBIAN_ARCHES: Readonly<Record<Arch, "amd64" | "arm64">> = {
  x86_64: "amd64",
  aarch64: "arm64",
};

/** @throws RangeError for a name that the kernel does not have for one of them */
export function parseArch(text: string): Arch {
  return found(ARCHES.find((arch) => arch === text), text, ARCHES);
}

/** @throws RangeError for a name that Debian does not have for one of them */
export function parseDebianArch(text: string): Arch {
  return found(
    ARCHES.find((arch) => DEBIAN_ARCHES[arch] === text),
    text,
    Object.values(DEBIAN_ARCHES),
  );
}

function found(arch: Arch | undefined, text: string, names: readonly string[]): Arch {
  if (arch !== undefined) return arch;
  throw new RangeError(`Cannot name the processor: want ${names.join(" or ")}, found "${text}"`);
}
