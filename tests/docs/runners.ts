import type { Place } from "./blocks.ts";

/** A test that runs blocks of pages. */
export interface Runner {
  readonly place: Place;
  /** From the repository's root; it calls `blocksFor(place, isMeant)`. */
  readonly test: string;
  /** The pages that it takes; absent: all that have blocks of the place. */
  readonly pages?: readonly string[];
}

/** Who runs what. Every block outside `laptop` has exactly one of these. */
const RUNNERS: readonly Runner[] = [
  { place: "systemd", test: "tests/systemd/docs_test.ts" },
  { place: "source", test: "tests/docs/source_test.ts" },
  { place: "image", test: "tests/image/docs_test.ts" },
  { place: "cluster", test: "tests/cluster/metallb_test.ts", pages: ["docs/migrate.md"] },
  { place: "lab", test: "tests/kernel/docs_lab_test.ts" },
  {
    place: "helm",
    test: "tests/api/chart_pages_test.ts",
    pages: ["docs/helm.md", "docs/kustomize.md"],
  },
  {
    place: "cluster",
    test: "tests/cluster/chapters/pages.ts",
    pages: ["README.md", "docs/install.md", "docs/reference.md", "docs/operate.md"],
  },
];

/** The runners that take a page's blocks of a place. */
export function runnersOf(place: Place, page: string): readonly Runner[] {
  return RUNNERS.filter((runner) =>
    runner.place === place && (runner.pages === undefined || runner.pages.includes(page))
  );
}
