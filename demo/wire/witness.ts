import { parseIp } from "../../ip/address.ts";
import { type Netlink, openNetlink } from "../../netlink/mod.ts";
import { systemClock } from "../../ops/clock.ts";
import { arpAnswer, arpRequest, type Asker } from "./arp_frame.ts";
import { NOTHING_SEEN, observe } from "./sightings.ts";
import type { WitnessLine } from "./witness_line.ts";

/** What the witness asks for. */
export interface WitnessOptions {
  readonly address: string;
  /** Pause between two requests: the resolution of what is measured. @default 4 */
  readonly everyMs?: number;
}

const STATE_EVERY_MS = 20;

/**
 * Asks for an address by ARP, again and again, until the signal aborts, and tells who answers. It runs in the
 * network namespace of a machine with an interface `eth0`.
 *
 * @throws Error when there is no `eth0` with an IPv4 address, or the address is none
 */
export async function runWitness(
  options: WitnessOptions,
  tell: (line: WitnessLine) => void,
  signal: AbortSignal,
): Promise<void> {
  const { everyMs = 4 } = options;
  const target = parseIp(options.address);
  if (target === undefined) throw new SyntaxError(`Cannot watch "${options.address}": no address`);
  await using netlink = openNetlink();
  const { index, asker } = await findAsker(netlink, "eth0", signal);
  using socket = netlink.openPacket(index, "arp");
  let seen = NOTHING_SEEN;
  let sent = 0;
  const listen = async (): Promise<void> => {
    for await (const frame of socket.frames(signal)) {
      const mac = arpAnswer(frame, asker, target);
      if (mac === undefined) continue;
      const [next, handover] = observe(seen, mac, now());
      seen = next;
      if (handover !== undefined) tell({ kind: "handover", ...handover });
    }
  };
  const ask = async (): Promise<void> => {
    const request = arpRequest(asker, target);
    let toldAt = 0;
    while (!signal.aborted) {
      socket.send(request);
      sent++;
      if (now() - toldAt >= STATE_EVERY_MS) {
        toldAt = now();
        tell({ kind: "state", at: toldAt, sent, ...seen });
      }
      await systemClock.sleep(everyMs, signal);
    }
  };
  await Promise.all([listen(), ask()]);
}

/** The same clock in every process of this machine, in fractions of a millisecond. */
function now(): number {
  return performance.timeOrigin + performance.now();
}

/**
 * The interface of this name in this network namespace, and who asks from it.
 *
 * @throws Error when there is none with an IPv4 address
 */
export async function findAsker(
  netlink: Netlink,
  interfaceName: string,
  signal: AbortSignal,
): Promise<{ index: number; asker: Asker }> {
  using route = netlink.openRoute();
  const link = (await route.listLinks(signal)).find(({ name }) => name === interfaceName);
  const addresses = await route.listAddresses(signal);
  const own = addresses.find(({ linkIndex, address }) =>
    linkIndex === link?.index && address.family === "IPv4"
  );
  if (link?.mac === undefined || own === undefined) {
    throw new Error(
      `Cannot watch the LAN: want "${interfaceName}" with an IPv4 address, have none`,
    );
  }
  return { index: link.index, asker: { mac: link.mac, address: own.address } };
}
