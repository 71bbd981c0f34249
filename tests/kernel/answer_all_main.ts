/**
 * `answer_all_main.ts LINK EXCEPT_MAC`: a router with proxy ARP and NDP proxy that answers every question for an
 * address on this interface, probes too, but not the machine with that MAC: what that one sees are the others' answers.
 * Runs until it is ended, in the network namespace that it is started in.
 */
import { openNetlink } from "../../netlink/mod.ts";
import { DIALECTS } from "../../speaker/dialect.ts";

const [name, except] = Deno.args;
const never = new AbortController().signal;
await using netlink = openNetlink();
using route = netlink.openRoute();
const link = (await route.listLinks(never)).find((each) => each.name === name);
if (link?.mac === undefined) throw new Error(`Cannot answer: no interface "${name}" with a MAC`);
const { index, mac } = link;
const own = new Set((await route.listAddresses(never)).map(({ address }) => address.value));
await Promise.all(Object.values(DIALECTS).map(async (dialect) => {
  using socket = netlink.openPacket(index, dialect.filter, "process");
  for await (const frame of socket.frames(never)) {
    const packet = dialect.readFrame(frame);
    if (typeof packet === "string" || packet.operation !== "request") continue;
    if (packet.senderMac === mac || packet.senderMac === except || own.has(packet.targetIp.value)) {
      continue;
    }
    if (packet.senderIp.value === packet.targetIp.value) continue;
    socket.send(dialect.replyFrame({ mac }, packet));
  }
}));
