// deno-lint-ignore-file no-console
/** Tells of every announcement that `eth0` hears: lines "<ms since 1970> <MAC> <address>". Ends when it is killed. */
import { formatIp } from "../ip/address.ts";
import { openNetlink } from "../netlink/mod.ts";
import { decodeArpFrame } from "../speaker/wire/arp.ts";

if (import.meta.main) {
  const { signal } = new AbortController();
  await using netlink = openNetlink();
  using route = netlink.openRoute();
  const link = (await route.listLinks(signal)).find(({ name }) => name === "eth0");
  if (link === undefined) throw new Error("Cannot listen: want eth0, have none");
  using socket = netlink.openPacket(link.index, "arp");
  console.log("0 ready");
  for await (const frame of socket.frames(signal)) {
    const at = performance.timeOrigin + performance.now();
    const packet = decodeArpFrame(frame);
    if (typeof packet === "string" || packet.senderIp.value === 0n) continue;
    console.log(`${at.toFixed(1)} ${packet.senderMac} ${formatIp(packet.senderIp)}`);
  }
}
