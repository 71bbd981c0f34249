/** How a source spells the fields of a peer; `undefined` where it has none such. */
export interface PeerKeys {
  readonly myAsn: string;
  readonly peerAsn: string;
  readonly dynamicAsn: string | undefined;
  readonly localAsn: string | undefined;
  readonly address: string;
  readonly interface: string | undefined;
  readonly sourceAddress: string;
  readonly port: string;
  readonly holdTime: string;
  readonly keepaliveTime: string;
  readonly connectTime: string | undefined;
  readonly routerId: string;
  readonly nodeSelectors: string;
  readonly password: string;
  readonly passwordSecret: string | undefined;
  readonly bfdProfile: string;
  readonly gracefulRestart: string | undefined;
  readonly multiHop: string;
  readonly vrf: string | undefined;
  readonly disableMp: string | undefined;
  readonly dualStack: string | undefined;
}

/** `peers[]` of a ConfigMap up to v0.12. */
export const CONFIG_MAP_PEER_KEYS: PeerKeys = {
  myAsn: "my-asn",
  peerAsn: "peer-asn",
  dynamicAsn: undefined,
  localAsn: undefined,
  address: "peer-address",
  interface: undefined,
  sourceAddress: "source-address",
  port: "peer-port",
  holdTime: "hold-time",
  keepaliveTime: "keepalive-time",
  connectTime: undefined,
  routerId: "router-id",
  nodeSelectors: "node-selectors",
  password: "password",
  passwordSecret: undefined,
  bfdProfile: "bfd-profile",
  gracefulRestart: undefined,
  multiHop: "ebgp-multihop",
  vrf: undefined,
  disableMp: undefined,
  dualStack: undefined,
};

/** `spec` of a BGPPeer of v1beta1. */
export const V1BETA1_PEER_KEYS: PeerKeys = {
  myAsn: "myASN",
  peerAsn: "peerASN",
  dynamicAsn: undefined,
  localAsn: undefined,
  address: "peerAddress",
  interface: undefined,
  sourceAddress: "sourceAddress",
  port: "peerPort",
  holdTime: "holdTime",
  keepaliveTime: "keepaliveTime",
  connectTime: undefined,
  routerId: "routerID",
  nodeSelectors: "nodeSelectors",
  password: "password",
  passwordSecret: undefined,
  bfdProfile: "bfdProfile",
  gracefulRestart: undefined,
  multiHop: "ebgpMultiHop",
  vrf: undefined,
  disableMp: undefined,
  dualStack: undefined,
};

/** `spec` of a BGPPeer of v1beta2. */
export const V1BETA2_PEER_KEYS: PeerKeys = {
  ...V1BETA1_PEER_KEYS,
  dynamicAsn: "dynamicASN",
  localAsn: "localASN",
  interface: "interface",
  connectTime: "connectTime",
  passwordSecret: "passwordSecret",
  gracefulRestart: "enableGracefulRestart",
  vrf: "vrf",
  disableMp: "disableMP",
  dualStack: "dualStackAddressFamily",
};

/** The keys that a source knows, for what it does not. */
export function knownKeys(keys: PeerKeys): readonly string[] {
  return Object.values(keys).filter((key) => key !== undefined);
}
