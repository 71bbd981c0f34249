/** One rule of the behaviour that MetalLB's users rely on. */
export interface Rule {
  /** A letter for the section and a number, which is not given anew when a rule goes. */
  readonly id: string;
  readonly text: string;
  /**
   * Tests that hold it, as `path: name`, besides the scenarios that name it. Of a long name the
   * beginning is enough, with `…` after it.
   */
  readonly tests: readonly string[];
}

/** Rules that belong together. */
export interface Section {
  readonly title: string;
  readonly rules: readonly Rule[];
}

/** @param tests see `Rule.tests` */
export function rule(id: string, text: string, ...tests: readonly string[]): Rule {
  return { id, text, tests };
}
