/**
 * The witness: asks everybody on the link of an interface for addresses, again and again, and writes for each round who
 * answered. It shares no code with the speaker but the sockets. Runs inside a machine of a LAN:
 *
 *     deno run -A tests/wire/prober.ts INTERFACE PAUSE_MS ADDRESS...
 */
import { arpAnswer, arpRequest } from "../../demo/wire/arp_frame.ts";
import { findAsker } from "../../demo/wire/witness.ts";
import { type IpAddress, parseIp } from "../../ip/address.ts";
import type { Mac } from "../../ip/mac.ts";
import { openNetlink, type PacketSocket } from "../../netlink/mod.ts";
import { formatRound } from "./sight.ts";

async function probe(
  interfaceName: string,
  pauseMs: number,
  targets: readonly IpAddress[],
): Promise<never> {
  await using netlink = openNetlink();
  const { signal } = new AbortController();
  const { index, asker } = await findAsker(netlink, interfaceName, signal);
  using socket = netlink.openPacket(index, "arp");
  const requests = targets.map((target) => arpRequest(asker, target));
  const encoder = new TextEncoder();
  for (;;) {
    const at = performance.timeOrigin + performance.now();
    for (const request of requests) socket.send(request);
    await new Promise((resolve) => setTimeout(resolve, pauseMs));
    // All that has arrived is read before the next question, so that each answer counts for its own.
    const frames = arrived(socket);
    const macs = targets.map((target) => [
      ...new Set<Mac>(frames.flatMap((frame) => arpAnswer(frame, asker, target) ?? [])),
    ]);
    const line = encoder.encode(`${formatRound({ at, macs })}\n`);
    for (let done = 0; done < line.length;) done += Deno.stdout.writeSync(line.subarray(done));
  }
}

function arrived(socket: PacketSocket): readonly Uint8Array[] {
  const frames: Uint8Array[] = [];
  for (let frame = socket.receive(); frame !== undefined; frame = socket.receive()) {
    frames.push(frame);
  }
  return frames;
}

if (import.meta.main) {
  const [interfaceName = "", pauseMs, ...addresses] = Deno.args;
  await probe(
    interfaceName,
    Number(pauseMs),
    addresses.map((text) => {
      const address = parseIp(text);
      if (address !== undefined) return address;
      throw new SyntaxError(`Cannot ask for "${text}": want an address`);
    }),
  );
}
