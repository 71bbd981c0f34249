/** The text of a ConfigMap's key `config` that people get wrong. */
export interface BadText {
  readonly name: string;
  readonly text: string;
  /** Every error, exactly: `line:column: message`. */
  readonly want: readonly string[];
}

/** One entry of `addresses` that people get wrong. */
export interface BadAddresses {
  readonly name: string;
  readonly entry: string;
  /** What follows `Cannot use addresses "<entry>": `. */
  readonly why: string;
}

/** Custom resources that people get wrong, or that disagree. */
export interface BadResources {
  readonly name: string;
  /** Text of the ConfigMap beside them. */
  readonly configMap?: string;
  /** Specs of IPAddressPools, by name. */
  readonly pools?: Readonly<Record<string, unknown>>;
  /** Specs of L2Advertisements, by name. */
  readonly advertisements?: Readonly<Record<string, unknown>>;
  /** Every error, exactly: `Kind name: path: message`. */
  readonly want: readonly string[];
}
