import type { RightRow } from "./deed.ts";
import * as deeds from "./speaker_deeds.ts";

const NOTHING_HELD = "the node holds no address";
const NOT_KNOWN = "no node is told of this one, which holds no address";
const NO_STATUS = "`kubectl get servicel2statuses` does not say which node announces a Service";

/** What each right of a speaker is for. */
export const SPEAKER_ROWS: readonly RightRow[] = [
  { right: "list services", breaks: NOTHING_HELD, deed: deeds.HELD },
  {
    right: "watch services",
    breaks: "the address of a new Service waits for a node",
    deed: deeds.HELD_LATER,
  },
  { right: "list nodes", breaks: NOTHING_HELD, deed: deeds.HELD },
  {
    right: "watch nodes",
    breaks: "a node that is labelled as excluded keeps its addresses",
    deed: deeds.NODE_EXCLUDED,
  },
  {
    right: "list endpointslices",
    breaks: "the node holds no address of a Service with policy Local",
    deed: deeds.LOCAL_HELD,
  },
  {
    right: "watch endpointslices",
    breaks: "the address of a Service with policy Local does not follow its endpoints",
    deed: deeds.ENDPOINT_ADDED,
  },
  {
    right: "create events",
    breaks: "`kubectl describe` does not say which node announces a Service",
    deed: deeds.TOLD,
  },
  {
    right: "patch events",
    breaks: "`kubectl describe` does not say that a node announces a Service again",
    deed: deeds.TOLD_AGAIN,
  },
  { right: "list configmaps", breaks: NOTHING_HELD, deed: deeds.HELD },
  {
    right: "watch configmaps",
    breaks: "a change of the ConfigMap waits",
    deed: deeds.CONFIG_MAP_CHANGED,
  },
  { right: "list ipaddresspools", breaks: NOTHING_HELD, deed: deeds.HELD },
  {
    right: "watch ipaddresspools",
    breaks: "addresses of a new pool wait for a node",
    deed: deeds.POOL_ADDED,
  },
  { right: "list l2advertisements", breaks: NOTHING_HELD, deed: deeds.HELD },
  {
    right: "watch l2advertisements",
    breaks: "addresses that a new L2Advertisement is for wait for a node",
    deed: deeds.ADVERTISEMENT_ADDED,
  },
  { right: "list leases", breaks: NOTHING_HELD, deed: deeds.HELD },
  {
    right: "watch leases",
    breaks: "a new node that holds an address is taken for a stranger",
    deed: deeds.NEIGHBOUR_KNOWN,
  },
  {
    right: "create leases",
    breaks: NOT_KNOWN,
    deed: deeds.HELD,
  },
  {
    right: "patch leases",
    breaks: NOT_KNOWN,
    deed: deeds.HELD,
  },
  {
    right: "delete leases",
    breaks: "a node that is drained counts as one that may hold addresses",
    deed: deeds.PRESENCE_LEFT_NONE,
  },
  {
    right: "get servicel2statuses",
    breaks: "the ServiceL2Status of a node that is gone is not put right",
    deed: deeds.STATUS_TAKEN_OVER,
  },
  { right: "list servicel2statuses", breaks: NO_STATUS, deed: deeds.STATUS },
  {
    right: "watch servicel2statuses",
    breaks: "the ServiceL2Status of a Service that is gone stays",
    deed: deeds.STATUS_REMOVED,
  },
  { right: "create servicel2statuses", breaks: NO_STATUS, deed: deeds.STATUS },
  {
    right: "delete servicel2statuses",
    breaks: "the ServiceL2Status of a node that is gone is not put right",
    deed: deeds.STATUS_TAKEN_OVER,
  },
  {
    right: "deletecollection servicel2statuses",
    breaks: "a node that is drained goes on being told to announce its Services",
    deed: deeds.STATUSES_LEFT_NONE,
  },
  { right: "patch servicel2statuses/status", breaks: NO_STATUS, deed: deeds.STATUS },
  {
    right: "create configurationstates",
    breaks: "there is no ConfigurationState of the node",
    deed: deeds.STATE,
  },
  {
    right: "list configurationstates",
    breaks: "the node's ConfigurationState goes wrong once somebody else has edited it",
    deed: deeds.STATE_AFTER_EDIT,
  },
  {
    right: "patch configurationstates/status",
    breaks: "the node's ConfigurationState says nothing",
    deed: deeds.STATE,
  },
];
