import type {
  BfdProfile,
  BgpAdvertisement,
  BgpPeer,
  Community,
  LabelSelector,
  Pool,
  Preference,
  Problem,
} from "./config.ts";
import type { Place } from "./reader.ts";
import type { IpRange } from "../ip/range.ts";

/** What one source says, before the sources are held against each other. */
export interface Parsed {
  readonly pools: readonly PoolDraft[];
  readonly l2Advertisements: readonly AdvertisementDraft[];
  /** Absent: nothing about BGP, apart from what pools of a ConfigMap say of themselves. */
  readonly bgp?: BgpDrafts;
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
  /** Of a ConfigMap's bgp pool; there is one at least. */
  readonly bgpAdvertisements?: readonly BgpRoute[];
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
  readonly poolNames: readonly Named[];
  readonly poolSelectors: readonly LabelSelector[];
  readonly nodeSelectors: readonly LabelSelector[];
  readonly interfaces: readonly string[];
  readonly serviceSelectors: readonly LabelSelector[];
  readonly preferences?: readonly Preference[];
}

/** What one source says about BGP. */
export interface BgpDrafts {
  /** Of a ConfigMap, the reader has said that BGP is not spoken. */
  readonly origin: "configmap" | "object";
  readonly peers: readonly { readonly peer: BgpPeer; readonly place: Place }[];
  readonly advertisements: readonly BgpAdvertisementDraft[];
  readonly bfdProfiles: readonly { readonly profile: BfdProfile; readonly place: Place }[];
  readonly communities: readonly {
    readonly name: string;
    readonly community: Community;
    readonly place: Place;
  }[];
}

/** What the routes of an advertisement look like. */
export type BgpRoute = Pick<
  BgpAdvertisement,
  "aggregationLength" | "aggregationLengthV6" | "localPref" | "communities"
>;

/** A BGPAdvertisement whose pools, peers and communities are not resolved yet. */
export interface BgpAdvertisementDraft {
  readonly name: string;
  readonly place: Place;
  readonly route: BgpRoute;
  /** Names of communities that a Community defines, in addition to those of the route. */
  readonly aliases: readonly Named[];
  /** By name, as written; together with `poolSelectors` none means all. */
  readonly poolNames: readonly Named[];
  readonly poolSelectors: readonly LabelSelector[];
  readonly nodeSelectors: readonly LabelSelector[];
  readonly serviceSelectors: readonly LabelSelector[];
  /** By name; none means all. */
  readonly peerNames: readonly Named[];
  /** Of the aggregation length of each family, where one is written. */
  readonly lengthPlaces: { readonly IPv4?: Place; readonly IPv6?: Place };
}

/** A name and where it stands. */
export interface Named {
  readonly name: string;
  readonly place: Place;
}
