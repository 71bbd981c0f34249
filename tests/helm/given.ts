import { createHash } from "node:crypto";
import { cacheFolder, isFile } from "../../demo/control_plane/assets.ts";

/** A release of MetalLB whose chart the tests read, with the checksum of its Go module. */
export interface MetallbRelease {
  readonly version: string;
  /** As in a `go.sum`. */
  readonly sum: string;
}

/** The last release whose programs the tests run, and the first with FRR-K8s as its default. */
export const METALLB_RELEASES: readonly MetallbRelease[] = [
  { version: "v0.15.2", sum: "h1:r7KDgJtk3KZe3qb36zRVrVCYHxLR03nPGT+qFXOomJM=" },
  { version: "v0.16.2", sum: "h1:RCSAGoZmqcvTg0e56+Okbwz8iTuQVX30JpKX5mYEPUM=" },
];

/** The folder that `deno task assets` fills with helm and MetalLB's charts; another one for other versions. */
export function helmFolder(): string {
  const hash = createHash("sha256").update(JSON.stringify(METALLB_RELEASES));
  for (const file of ["go.mod", "go.sum"]) {
    hash.update(Deno.readFileSync(new URL(file, import.meta.url)));
  }
  return `${cacheFolder()}/helm-${hash.digest("hex").slice(0, 12)}`;
}

/** The program. */
export function helmPath(): string {
  return `${helmFolder()}/helm`;
}

/** The folder of MetalLB's chart of a release. */
export function metallbChart(version: string): string {
  return `${helmFolder()}/metallb-${version}`;
}

/** Whether `deno task assets` was here. */
export function hasHelm(): boolean {
  const charts = METALLB_RELEASES.map(({ version }) => `${metallbChart(version)}/Chart.yaml`);
  return [helmPath(), ...charts].every(isFile);
}
