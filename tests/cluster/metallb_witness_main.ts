// deno-lint-ignore-file no-console
/**
 * `metallb_witness_main.ts ADDRESS[:PORT]…`: a witness in the network namespace that it is started in, on `eth0`, until
 * its standard input ends. It asks who has each address by ARP; where there is a port it has a page over one connection
 * that stays open, and a page over a new connection each time. Each answer is a line, see `metallb_sightings.ts`.
 */
import { arpAnswer, arpRequest } from "../../demo/wire/arp_frame.ts";
import { findAsker } from "../../demo/wire/witness.ts";
import { parseIp } from "../../ip/address.ts";
import { openNetlink } from "../../netlink/mod.ts";
import { systemClock } from "../../ops/clock.ts";
import type { Sighting } from "./metallb_sightings.ts";

const ASK_EVERY_MS = 10;
const PAGE_EVERY_MS = 50;
/** A page that takes longer is none, and its connection is given up. */
const PAGE_WITHIN_MS = 5_000;
const REQUEST = new TextEncoder().encode("GET / HTTP/1.1\r\nHost: whoami\r\n\r\n");

const stop = new AbortController();
const targets = Deno.args.map((arg) => {
  const [address = "", port] = arg.split(":");
  const ip = parseIp(address);
  if (ip === undefined) throw new SyntaxError(`Cannot watch "${arg}": no address`);
  return { address, ip, port: port === undefined ? undefined : Number(port) };
});

function tell(sighting: Sighting): void {
  console.log(JSON.stringify(sighting));
}

async function askEverybody(): Promise<void> {
  await using netlink = openNetlink();
  const { index, asker } = await findAsker(netlink, "eth0", stop.signal);
  using socket = netlink.openPacket(index, "arp");
  const watched = targets.filter(({ address }, i) =>
    targets.findIndex((target) => target.address === address) === i
  ).map((target) => ({ ...target, request: arpRequest(asker, target.ip) }));
  const listen = async (): Promise<void> => {
    for await (const frame of socket.frames(stop.signal)) {
      for (const { address, ip } of watched) {
        const mac = arpAnswer(frame, asker, ip);
        if (mac !== undefined) tell({ kind: "arp", at: performance.now(), address, mac });
      }
    }
  };
  const ask = async (): Promise<void> => {
    while (!stop.signal.aborted) {
      for (const { request } of watched) socket.send(request);
      await systemClock.sleep(ASK_EVERY_MS, stop.signal);
    }
  };
  await Promise.all([listen(), ask()]);
}

async function keepOneOpen(address: string, port: number): Promise<void> {
  while (!stop.signal.aborted) {
    try {
      using connection = await connect(address, port);
      while (!stop.signal.aborted) {
        await readPage(connection);
        tell({ kind: "kept", at: performance.now(), address: `${address}:${port}` });
        await systemClock.sleep(PAGE_EVERY_MS, stop.signal);
      }
    } catch {
      if (stop.signal.aborted) return;
      tell({ kind: "broken", at: performance.now(), address: `${address}:${port}` });
      await systemClock.sleep(PAGE_EVERY_MS, stop.signal);
    }
  }
}

async function openAnew(address: string, port: number): Promise<void> {
  while (!stop.signal.aborted) {
    try {
      using connection = await connect(address, port);
      await readPage(connection);
      tell({ kind: "new", at: performance.now(), address: `${address}:${port}` });
    } catch {
      // What is missing shows as the time between two pages.
    }
    await systemClock.sleep(PAGE_EVERY_MS, stop.signal);
  }
}

async function connect(hostname: string, port: number): Promise<Deno.TcpConn> {
  return await Deno.connect({ hostname, port, signal: AbortSignal.timeout(PAGE_WITHIN_MS) });
}

/** A page fits into one segment: what comes is all of it. */
async function readPage(connection: Deno.TcpConn): Promise<void> {
  const timer = setTimeout(() => connection.close(), PAGE_WITHIN_MS);
  try {
    await connection.write(REQUEST);
    if (await connection.read(new Uint8Array(4_096)) === null) throw new Error("The page ended");
  } finally {
    clearTimeout(timer);
  }
}

const work = [
  askEverybody(),
  ...targets.flatMap(({ address, port }) =>
    port === undefined ? [] : [keepOneOpen(address, port), openAnew(address, port)]
  ),
];
for await (const _ of Deno.stdin.readable);
stop.abort();
await Promise.race([Promise.all(work), systemClock.sleep(1_000, new AbortController().signal)]);
Deno.exit(0);
