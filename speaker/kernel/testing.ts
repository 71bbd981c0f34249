/** A node's first link and its own address there, as the kernel has them, for tests. */
import { macFromBytes } from "../../ip/mac.ts";
import type { InterfaceAddress, Link } from "../../netlink/values.ts";

/** `eth0`, up and with a carrier. */
export const ETH0: Link = {
  index: 2,
  name: "eth0",
  mac: macFromBytes(Uint8Array.of(2, 0, 0, 0, 0, 1)),
  isUp: true,
  hasCarrier: true,
  isLoopback: false,
  canBroadcast: true,
  isNoArp: false,
  masterIndex: undefined,
  kind: undefined,
};

/** 192.168.0.11/24 on `eth0`, as an administrator adds it. */
export const OWN: InterfaceAddress = {
  linkIndex: ETH0.index,
  address: { family: "IPv4", value: 0xc0_a8_00_0bn },
  prefixLength: 24,
  scope: 0,
  flags: 0x80,
  label: "eth0",
  proto: 0,
  preferredSeconds: "forever",
  validSeconds: "forever",
};
