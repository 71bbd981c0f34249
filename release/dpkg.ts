/** A package of Debian, as an image has it installed. */
export interface DebianPackage {
  readonly name: string;
  readonly version: string;
  /** As Debian names it: `amd64`, `arm64`, `all`. */
  readonly architecture: string;
  /** The paragraph of dpkg's status file that says so, without the empty line behind it. */
  readonly paragraph: string;
}

/**
 * The installed packages of a status file (`/var/lib/dpkg/status`, deb-control(5)), in its order. Paragraphs that
 * lack a field, and packages that were removed, are left out.
 */
export function parseStatus(text: string): readonly DebianPackage[] {
  return text.split(/\n{2,}/).flatMap((part) => {
    const paragraph = part.trim();
    const name = field(paragraph, "Package");
    const version = field(paragraph, "Version");
    const architecture = field(paragraph, "Architecture");
    const isInstalled = field(paragraph, "Status")?.endsWith(" installed") ?? false;
    return isInstalled && name !== undefined && version !== undefined && architecture !== undefined
      ? [{ name, version, architecture, paragraph }]
      : [];
  });
}

function field(paragraph: string, name: string): string | undefined {
  return new RegExp(`^${name}: (.+)$`, "m").exec(paragraph)?.[1];
}
