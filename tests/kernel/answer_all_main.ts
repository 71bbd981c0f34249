/**
 * `answer_all_main.ts LINK EXCEPT_MAC PREFIX…`: a router with proxy ARP and NDP proxy. It answers every question
 * for an address within the prefixes, probes too, but not the machine with that MAC: what that one hears are the
 * answers of others. Writes a line when it has begun.
 */
import type { IpAddress } from "../../ip/address.ts";
import { macFromBytes } from "../../ip/mac.ts";
import { parsePrefix, prefixContains } from "../../ip/prefix.ts";
import { openNetlink } from "../../netlink/mod.ts";
import { DIALECTS } from "../../speaker/wire/dialect.ts";
import { respond } from "../../speaker/respond/respond.ts";

const [name, except, ...texts] = Deno.args;
const prefixes = texts.flatMap((text) => parsePrefix(text) ?? []);
const { signal } = new AbortController();
await using netlink = openNetlink();
using route = netlink.openRoute();
const link = (await route.listLinks(signal)).find((each) => each.name === name);
if (link?.mac === undefined) throw new Error(`Cannot answer: no interface "${name}" with a MAC`);
const { index, mac } = link;
const answering = Object.values(DIALECTS).map(async (dialect) => {
  const respondent = {
    face: { mac },
    dialect,
    holds: (address: IpAddress) => prefixes.some((prefix) => prefixContains(prefix, address)),
  };
  using socket = netlink.openPacket(index, dialect.filter, "process");
  for await (const frame of socket.frames(signal)) {
    const packet = dialect.readFrame(frame);
    if (typeof packet === "string" || packet.senderMac === except) continue;
    const reply = respond(packet, macFromBytes(frame.subarray(0, 6)), respondent);
    if (typeof reply !== "string") socket.send(reply);
  }
});
await Deno.stdout.write(new TextEncoder().encode("answering\n"));
await Promise.all(answering);
