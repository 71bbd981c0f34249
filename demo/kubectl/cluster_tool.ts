/** What the story asks of a cluster, in the words of people. */
export interface ClusterTool {
  /** For people: which program it is. */
  readonly name: string;
  /** Applies a manifest. @returns what there is to show @throws Error with what the tool said */
  apply(yaml: string): Promise<string>;
  /** `get`, `describe` or `delete`, as on kubectl's command line. */
  run(argv: readonly string[]): Promise<string>;
}
