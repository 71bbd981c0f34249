import type { RightRow } from "./deed.ts";
import * as deeds from "./leader_deeds.ts";

const NO_ADDRESS = "no Service gets an address";
const NO_LEADER = "nobody leads, and no Service gets an address";
const NO_BGP = "faults of BGP's objects are not told";

/** What each right of the leader is for. */
export const LEADER_ROWS: readonly RightRow[] = [
  { right: "list services", breaks: NO_ADDRESS, deed: deeds.ASSIGNED },
  {
    right: "watch services",
    breaks: "a Service that is created or changed waits for its address",
    deed: deeds.ASSIGNED_LATER,
  },
  { right: "list namespaces", breaks: NO_ADDRESS, deed: deeds.ASSIGNED },
  {
    right: "watch namespaces",
    breaks: "a Namespace that is labelled waits for the pools with a selector for that label",
    deed: deeds.NAMESPACE_LABELLED,
  },
  { right: "patch services/status", breaks: NO_ADDRESS, deed: deeds.ASSIGNED },
  {
    right: "create events",
    breaks: "`kubectl describe` does not say what became of a Service",
    deed: deeds.TOLD,
  },
  {
    right: "patch events",
    breaks: "`kubectl describe` does not say that it happened again",
    deed: deeds.TOLD_AGAIN,
  },
  { right: "list configmaps", breaks: NO_ADDRESS, deed: deeds.ASSIGNED },
  {
    right: "watch configmaps",
    breaks: "a change of the ConfigMap waits",
    deed: deeds.CONFIG_MAP_CHANGED,
  },
  { right: "list ipaddresspools", breaks: NO_ADDRESS, deed: deeds.ASSIGNED },
  { right: "watch ipaddresspools", breaks: "a new pool waits", deed: deeds.POOL_ADDED },
  { right: "list l2advertisements", breaks: NO_ADDRESS, deed: deeds.ASSIGNED },
  {
    right: "watch l2advertisements",
    breaks: "a fault of a new L2Advertisement is not told",
    deed: deeds.ADVERTISEMENT_FAULT,
  },
  { right: "list bgppeers", breaks: NO_BGP, deed: deeds.BGP_FAULT },
  {
    right: "watch bgppeers",
    breaks: "a fault of a new BGPPeer is not told",
    deed: deeds.BGP_PEER_FAULT,
  },
  { right: "list bgpadvertisements", breaks: NO_BGP, deed: deeds.BGP_FAULT },
  {
    right: "watch bgpadvertisements",
    breaks: "a fault of a new BGPAdvertisement is not told",
    deed: deeds.BGP_ADVERTISEMENT_FAULT,
  },
  { right: "list bfdprofiles", breaks: NO_BGP, deed: deeds.BGP_FAULT },
  {
    right: "watch bfdprofiles",
    breaks:
      "a new BFDProfile is not told of, and a BGPPeer that names it is told to have no effect",
    deed: deeds.BFD_PROFILE_ADDED,
  },
  { right: "list communities", breaks: NO_BGP, deed: deeds.BGP_FAULT },
  {
    right: "watch communities",
    breaks: "a fault of a new Community is not told",
    deed: deeds.COMMUNITY_FAULT,
  },
  {
    right: "patch ipaddresspools/status",
    breaks: "`kubectl get ipaddresspools -o wide` does not show how full they are",
    deed: deeds.POOL_USE,
  },
  {
    right: "create configurationstates",
    breaks: "there is no ConfigurationState of the leader",
    deed: deeds.STATE,
  },
  {
    right: "list configurationstates",
    breaks: "the leader's ConfigurationState goes wrong once somebody else has edited it",
    deed: deeds.STATE_AFTER_EDIT,
  },
  {
    right: "patch configurationstates/status",
    breaks: "the leader's ConfigurationState says nothing",
    deed: deeds.STATE,
  },
  { right: "create leases", breaks: NO_LEADER, deed: deeds.ASSIGNED },
  { right: "get leases", breaks: NO_LEADER, deed: deeds.ASSIGNED },
  {
    right: "patch leases",
    breaks: "none takes over from a leader that is gone",
    deed: deeds.LEASE_TAKEN,
  },
  { right: "list leases", breaks: NO_ADDRESS, deed: deeds.ASSIGNED },
  {
    right: "watch leases",
    breaks: "an address that a stranger uses is not replaced",
    deed: deeds.QUARANTINED,
  },
];
