import type { LabelSelector, Pool, Preference, Problem } from "./config.ts";
import type { Place } from "./reader.ts";
import type { IpRange } from "../ip/range.ts";

/** What one source says, before the sources are held against each other. */
export interface Parsed {
  readonly pools: readonly PoolDraft[];
  readonly l2Advertisements: readonly AdvertisementDraft[];
  /** Everything wrong with this source alone. */
  readonly problems: readonly Problem[];
}

/** A pool, and the places in its source that a fault between pools is reported at. */
export interface PoolDraft {
  readonly pool: Pool;
  /** Of its name. */
  readonly place: Place;
  readonly entries: readonly AddressDraft[];
  /** Of a ConfigMap's pool, which says itself how it is announced; IPAddressPools leave that to advertisements. */
  readonly protocol?: "layer2" | "bgp";
}

/** One entry of `addresses`. */
export interface AddressDraft {
  readonly text: string;
  readonly range: IpRange;
  readonly place: Place;
}

/** An L2Advertisement whose pools are not resolved yet. */
export interface AdvertisementDraft {
  readonly name: string;
  readonly place: Place;
  /** By name, as written; together with `poolSelectors` none means all. */
  readonly poolNames: readonly { readonly name: string; readonly place: Place }[];
  readonly poolSelectors: readonly LabelSelector[];
  readonly nodeSelectors: readonly LabelSelector[];
  readonly interfaces: readonly string[];
  readonly serviceSelectors: readonly LabelSelector[];
  readonly preferences?: readonly Preference[];
}
