/** Whether a stranger looks like a router that answers for every address (proxy ARP, RFC 1027). */
import { equalIp, type Family, formatIp, type IpAddress, parseIp } from "../../ip/address.ts";
import type { Mac } from "../../ip/mac.ts";
import type { NeighborPacket } from "../wire/neighbor.ts";

/** Why a station looks like one. */
export interface ProxyArpSign {
  readonly mac: Mac;
  readonly why: string;
}

/** Nobody has these: they are for documentation (RFC 5737 §3, RFC 3849 §2). */
const NOBODYS: Readonly<Record<Family, IpAddress | undefined>> = {
  IPv4: parseIp("192.0.2.1"),
  IPv6: parseIp("2001:db8::1"),
};

/** Some machine may have one or two of our addresses by mistake. */
const MANY = 3;

/** Strangers remembered; more than there are routers on a segment. */
const MOST_STRANGERS = 64;

/** What is known of the strangers that use our addresses. Mutable, free of I/O; tells once of each. */
export class ProxyArpSigns {
  /** Addresses of ours, by who uses them. */
  readonly #used = new Map<Mac, Set<string>>();
  readonly #asked = new Set<string>();
  readonly #told = new Set<Mac>();

  /** A stranger uses an address of ours. */
  note(mac: Mac, address: string): ProxyArpSign | undefined {
    const used = this.#used.get(mac) ?? new Set();
    if (used.size === 0 && this.#used.size >= MOST_STRANGERS) return undefined;
    this.#used.set(mac, used.add(address));
    if (used.size < MANY) return undefined;
    return this.#tell(mac, `it answers for ${used.size} addresses of ours`);
  }

  /** An address that nobody has, to ask this stranger for; once for each family. */
  questionFor(mac: Mac, family: Family): IpAddress | undefined {
    const id = `${mac} ${family}`;
    if (!this.#used.has(mac) || this.#asked.has(id)) return undefined;
    this.#asked.add(id);
    return NOBODYS[family];
  }

  /** A packet of somebody else came: it may be the answer to the question. */
  hear({ senderMac, senderIp }: NeighborPacket): ProxyArpSign | undefined {
    const nobodys = NOBODYS[senderIp.family];
    if (this.#asked.size === 0 || nobodys === undefined || !equalIp(senderIp, nobodys)) return;
    if (!this.#asked.has(`${senderMac} ${senderIp.family}`)) return undefined;
    return this.#tell(senderMac, `it answers for ${formatIp(nobodys)}, which nobody has`);
  }

  #tell(mac: Mac, why: string): ProxyArpSign | undefined {
    if (this.#told.has(mac)) return undefined;
    this.#told.add(mac);
    return { mac, why };
  }
}
