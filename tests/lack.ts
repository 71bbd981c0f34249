/** Why something that a test needs is not to be had here. */
export interface Lack {
  readonly why: string;
  /** What would provide it. */
  readonly remedy: string;
}
