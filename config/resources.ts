import { customResource } from "../kube/resources.ts";
import { METALLB_V1BETA2 } from "./bgp_custom.ts";
import { METALLB_V1BETA1 } from "./custom.ts";

/** MetalLB's pools. */
export const POOLS = customResource(METALLB_V1BETA1, "IPAddressPool", "ipaddresspools");

/** MetalLB's advertisements by ARP and NDP. */
export const L2_ADVERTISEMENTS = customResource(
  METALLB_V1BETA1,
  "L2Advertisement",
  "l2advertisements",
);

/** MetalLB's kinds about BGP, by their place in `ConfigInput`. They name each other, so all count or none. */
export const BGP_KINDS = {
  bgpPeers: customResource(METALLB_V1BETA2, "BGPPeer", "bgppeers"),
  bgpAdvertisements: customResource(METALLB_V1BETA1, "BGPAdvertisement", "bgpadvertisements"),
  bfdProfiles: customResource(METALLB_V1BETA1, "BFDProfile", "bfdprofiles"),
  communities: customResource(METALLB_V1BETA1, "Community", "communities"),
} as const;
