import { createHash } from "node:crypto";
import type { DebianPackage } from "./dpkg.ts";

/** The name of the image, without a tag. */
export const IMAGE_NAME = "docker.io/lanlord/lanlord";

/** A package of npm that is in the program. */
export interface NpmPackage {
  readonly name: string;
  readonly version: string;
  /** As npm writes it: `sha512-` and the hash in base64. */
  readonly integrity: string;
}

/** What an image holds. */
export interface ImageContents {
  /** Lanlord's. */
  readonly version: string;
  /** Absent where nobody knows. */
  readonly commit: string | undefined;
  /** SHA-256 of `/usr/bin/lanlord`, in hexadecimal digits. */
  readonly programSha256: string;
  /** When this was found out, in seconds since 1970. */
  readonly createdSeconds: number;
  /** The version of Deno whose runtime the program is built on. */
  readonly deno: string;
  readonly npm: readonly NpmPackage[];
  readonly debian: readonly Omit<DebianPackage, "paragraph">[];
}

/** An SPDX document, to be written as JSON. */
export interface SpdxDocument {
  readonly spdxVersion: "SPDX-2.3";
  readonly dataLicense: "CC0-1.0";
  readonly SPDXID: "SPDXRef-DOCUMENT";
  readonly name: string;
  readonly documentNamespace: string;
  readonly creationInfo: { readonly created: string; readonly creators: readonly string[] };
  readonly packages: readonly SpdxPackage[];
  readonly relationships: readonly SpdxRelationship[];
}

/** A package of an SPDX document (SPDX 2.3 §7). */
export interface SpdxPackage {
  readonly SPDXID: string;
  readonly name: string;
  readonly versionInfo: string;
  readonly downloadLocation: "NOASSERTION";
  readonly filesAnalyzed: false;
  readonly licenseConcluded: "NOASSERTION";
  readonly licenseDeclared: string;
  readonly copyrightText: "NOASSERTION";
  readonly primaryPackagePurpose: "APPLICATION" | "CONTAINER" | "LIBRARY";
  readonly checksums?: readonly {
    readonly algorithm: "SHA256" | "SHA512";
    readonly checksumValue: string;
  }[];
  readonly externalRefs?: readonly {
    readonly referenceCategory: "PACKAGE-MANAGER";
    readonly referenceType: "purl";
    readonly referenceLocator: string;
  }[];
  readonly comment?: string;
}

/** What one element of an SPDX document is to another (SPDX 2.3 §11). */
export interface SpdxRelationship {
  readonly spdxElementId: string;
  readonly relationshipType: "DESCRIBES" | "CONTAINS";
  readonly relatedSpdxElement: string;
}

const DOCUMENT = "SPDXRef-DOCUMENT";
const IMAGE = "SPDXRef-image";
const PROGRAM = "SPDXRef-lanlord";

/** The list of what an image holds, in SPDX 2.3. The same contents give the same list. */
export function sbom(contents: ImageContents): SpdxDocument {
  const { version, createdSeconds } = contents;
  const inProgram = [denoPackage(contents.deno), ...contents.npm.map(npmPackage)];
  const inImage = contents.debian.map(debianPackage);
  return {
    spdxVersion: "SPDX-2.3",
    dataLicense: "CC0-1.0",
    SPDXID: DOCUMENT,
    name: `lanlord-image-${version}`,
    documentNamespace: `urn:uuid:${uuidOf(JSON.stringify(contents))}`,
    creationInfo: {
      created: new Date(createdSeconds * 1000).toISOString().replace(/\.\d+Z$/, "Z"),
      creators: [`Tool: lanlord-release-${version}`],
    },
    packages: [imagePackage(version), programPackage(contents), ...inProgram, ...inImage],
    relationships: [
      { spdxElementId: DOCUMENT, relationshipType: "DESCRIBES", relatedSpdxElement: IMAGE },
      contains(IMAGE)(PROGRAM),
      ...inProgram.map(({ SPDXID }) => SPDXID).map(contains(PROGRAM)),
      ...inImage.map(({ SPDXID }) => SPDXID).map(contains(IMAGE)),
    ],
  };
}

/** The packages of a lock file (deno.lock, version 5), in its order. */
export function packagesOfLock(text: string): readonly NpmPackage[] {
  const lock: { readonly npm: Readonly<Record<string, { readonly integrity: string }>> } = JSON
    .parse(text);
  return Object.entries(lock.npm).map(([id, { integrity }]) => {
    const at = id.lastIndexOf("@");
    return { name: id.slice(0, at), version: id.slice(at + 1), integrity };
  });
}

const UNKNOWN = {
  downloadLocation: "NOASSERTION",
  filesAnalyzed: false,
  licenseConcluded: "NOASSERTION",
  licenseDeclared: "NOASSERTION",
  copyrightText: "NOASSERTION",
} as const;

function imagePackage(version: string): SpdxPackage {
  return {
    SPDXID: IMAGE,
    name: IMAGE_NAME,
    versionInfo: version,
    ...UNKNOWN,
    primaryPackagePurpose: "CONTAINER",
  };
}

function programPackage({ version, commit, programSha256 }: ImageContents): SpdxPackage {
  return {
    SPDXID: PROGRAM,
    name: "lanlord",
    versionInfo: version,
    ...UNKNOWN,
    licenseDeclared: "Apache-2.0",
    primaryPackagePurpose: "APPLICATION",
    checksums: [{ algorithm: "SHA256", checksumValue: programSha256 }],
    comment: `/usr/bin/lanlord${commit === undefined ? "" : `, made from commit ${commit}`}`,
  };
}

/** The runtime, of which nothing but the version is known here. */
function denoPackage(version: string): SpdxPackage {
  return {
    SPDXID: "SPDXRef-deno",
    name: "deno",
    versionInfo: version,
    ...UNKNOWN,
    licenseDeclared: "MIT",
    primaryPackagePurpose: "LIBRARY",
    externalRefs: [purl(`pkg:github/denoland/deno@v${version}`)],
  };
}

function npmPackage({ name, version, integrity }: NpmPackage): SpdxPackage {
  const [algorithm, base64 = ""] = integrity.split("-");
  if (algorithm !== "sha512") {
    throw new SyntaxError(`Cannot list ${name}: want sha512 integrity, found "${integrity}"`);
  }
  return {
    SPDXID: idOf("npm", name),
    name,
    versionInfo: version,
    ...UNKNOWN,
    primaryPackagePurpose: "LIBRARY",
    checksums: [{
      algorithm: "SHA512",
      checksumValue: Uint8Array.fromBase64(base64).toHex(),
    }],
    externalRefs: [purl(`pkg:npm/${name.replace("@", "%40")}@${version}`)],
  };
}

function debianPackage(
  { name, version, architecture }: Omit<DebianPackage, "paragraph">,
): SpdxPackage {
  return {
    SPDXID: idOf("deb", name),
    name,
    versionInfo: version,
    ...UNKNOWN,
    primaryPackagePurpose: "LIBRARY",
    externalRefs: [
      purl(`pkg:deb/debian/${name}@${encodeURIComponent(version)}?arch=${architecture}`),
    ],
    comment: `Licences: /usr/share/doc/${name}/copyright; not all of its files are in the image`,
  };
}

/** An identifier: letters, digits, `.` and `-` alone (SPDX 2.3 §7.2). */
function idOf(kind: string, name: string): string {
  return `SPDXRef-${kind}-${name.replace(/[^A-Za-z0-9.]+/g, "-").replace(/^-/, "")}`;
}

function purl(referenceLocator: string): {
  readonly referenceCategory: "PACKAGE-MANAGER";
  readonly referenceType: "purl";
  readonly referenceLocator: string;
} {
  return { referenceCategory: "PACKAGE-MANAGER", referenceType: "purl", referenceLocator };
}

function contains(spdxElementId: string): (relatedSpdxElement: string) => SpdxRelationship {
  return (relatedSpdxElement) => ({
    spdxElementId,
    relationshipType: "CONTAINS",
    relatedSpdxElement,
  });
}

/** A UUID made of a hash (RFC 9562 §5.8, version 8). */
function uuidOf(text: string): string {
  const hex = createHash("sha256").update(text).digest("hex");
  const variant = "89ab"[parseInt(hex.slice(16, 17), 16) & 3];
  return [
    hex.slice(0, 8),
    hex.slice(8, 12),
    `8${hex.slice(13, 16)}`,
    `${variant}${hex.slice(17, 20)}`,
    hex.slice(20, 32),
  ].join("-");
}
