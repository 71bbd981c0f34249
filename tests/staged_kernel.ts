/** A kernel with one link, for speakers that are looked at from the API alone. */
import { formatIp, type IpAddress, parseIp } from "../ip/address.ts";
import { type Mac, macFromBytes } from "../ip/mac.ts";
import type {
  BatchOutcome,
  InterfaceAddress,
  Link,
  Netlink,
  NetlinkChange,
  PacketSocket,
  Route,
} from "../netlink/mod.ts";
import { arpReply, decodeArpFrame, encodeArpFrame } from "../speaker/wire/arp.ts";

const LINK_INDEX = 2;

/** A queue that is read until a signal aborts, or it is closed. */
class Inbox<T> {
  readonly #items: T[] = [];
  #arrived = Promise.withResolvers<void>();
  #isClosed = false;

  push(item: T): void {
    this.#items.push(item);
    this.#arrived.resolve();
  }

  take(): T | undefined {
    return this.#items.shift();
  }

  close(): void {
    this.#isClosed = true;
    this.#arrived.resolve();
  }

  async *read(signal: AbortSignal): AsyncGenerator<T, void, undefined> {
    const onAbort = (): void => this.close();
    signal.addEventListener("abort", onAbort);
    while (!this.#isClosed && !signal.aborted) {
      const item = this.take();
      if (item !== undefined) yield item;
      else {
        this.#arrived = Promise.withResolvers();
        await this.#arrived.promise;
      }
    }
    signal.removeEventListener("abort", onAbort);
  }
}

/** The kernel of one node: `eth0`, with one address of its own. Nobody is on its LAN but whom `others` names. */
export class StagedKernel implements Netlink {
  /** Who else answers for an address, by its text. */
  readonly others = new Map<string, Mac>();
  readonly #own: InterfaceAddress;
  readonly #bound = new Map<string, InterfaceAddress>();
  readonly #monitors = new Set<Inbox<NetlinkChange>>();

  /** @param address the node's own, with a /16 */
  constructor(address: string) {
    this.#own = ownAddress(address);
  }

  /** Whether the speaker has bound this address. */
  has(address: string): boolean {
    return this.#bound.has(address);
  }

  openRoute(): Route {
    const change = (
      addresses: readonly InterfaceAddress[],
      how: (address: InterfaceAddress) => void,
    ): Promise<readonly BatchOutcome[]> => {
      addresses.forEach(how);
      return Promise.resolve(addresses.map(() => undefined));
    };
    return {
      listLinks: () => Promise.resolve([LOOPBACK, ETH0]),
      listAddresses: () => Promise.resolve([this.#own, ...this.#bound.values()]),
      replaceAddresses: (addresses) => change(addresses, (each) => this.#bind(each)),
      moveAddresses: (addresses) => change(addresses, (each) => this.#bind(each)),
      deleteAddresses: (addresses) => change(addresses, (each) => this.#unbind(each)),
      [Symbol.dispose]: () => {},
    };
  }

  readParameter(_path: string): string | undefined {
    return undefined;
  }

  monitor(signal: AbortSignal): AsyncIterable<NetlinkChange> {
    const inbox = new Inbox<NetlinkChange>();
    this.#monitors.add(inbox);
    return inbox.read(signal);
  }

  openPacket(_linkIndex: number, filter: "arp" | "ndp"): PacketSocket {
    const inbox = new Inbox<Uint8Array>();
    return {
      send: (frame) => {
        const answer = filter === "arp" ? this.#answerTo(frame) : undefined;
        if (answer !== undefined) inbox.push(answer);
      },
      receive: () => inbox.take(),
      frames: (signal) => inbox.read(signal),
      [Symbol.dispose]: () => inbox.close(),
    };
  }

  [Symbol.asyncDispose](): Promise<void> {
    return Promise.resolve();
  }

  #bind(address: InterfaceAddress): void {
    this.#bound.set(formatIp(address.address), address);
    for (const monitor of this.#monitors) monitor.push({ kind: "address", address });
  }

  #unbind(address: InterfaceAddress): void {
    if (!this.#bound.delete(formatIp(address.address))) return;
    for (const monitor of this.#monitors) monitor.push({ kind: "address-gone", address });
  }

  #answerTo(frame: Uint8Array): Uint8Array | undefined {
    const question = decodeArpFrame(frame);
    if (typeof question === "string" || question.operation !== "request") return undefined;
    const mac = this.others.get(formatIp(question.targetIp));
    if (mac === undefined) return undefined;
    return encodeArpFrame(arpReply(mac, question), question.senderMac);
  }
}

const LINK: Omit<Link, "index" | "name" | "mac" | "isLoopback"> = {
  isUp: true,
  hasCarrier: true,
  canBroadcast: true,
  isNoArp: false,
  masterIndex: undefined,
  kind: undefined,
};

const LOOPBACK: Link = { ...LINK, index: 1, name: "lo", mac: undefined, isLoopback: true };

const ETH0: Link = {
  ...LINK,
  index: LINK_INDEX,
  name: "eth0",
  mac: macFromBytes(Uint8Array.of(2, 0, 0, 0, 0, 1)),
  isLoopback: false,
};

function ownAddress(text: string): InterfaceAddress {
  return {
    linkIndex: LINK_INDEX,
    address: requiredIp(text),
    prefixLength: 16,
    scope: 0,
    flags: 0,
    label: "eth0",
    proto: 0,
    preferredSeconds: "forever",
    validSeconds: "forever",
  };
}

function requiredIp(text: string): IpAddress {
  const address = parseIp(text);
  if (address === undefined) throw new RangeError(`Cannot read address "${text}"`);
  return address;
}
