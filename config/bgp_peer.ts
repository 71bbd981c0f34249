import { type IpAddress, parseIp } from "../ip/address.ts";
import { explainAddress } from "./addresses.ts";
import type { PeerKeys } from "./bgp_keys.ts";
import { readTimers } from "./bgp_timers.ts";
import type { BgpPeer } from "./config.ts";
import type { Fields, Reader, Spot } from "./reader.ts";
import { API_KEYS, CONFIG_MAP_KEYS, readSelectors } from "./selector.ts";
import { quote } from "./tree.ts";

/** The port of BGP. */
const BGP_PORT = 179;
const UINT32_MAX = 0xffff_ffff;

/** What a peer is called, and where it was read. */
export type PeerIdentity = Pick<BgpPeer, "name" | "source">;

/**
 * Reads a peer by MetalLB's rules, whatever the source spells like; `undefined` when it cannot be used, which is
 * reported. Whether there is a BFD profile of that name is not looked at.
 *
 * @param what for messages: `peer #1`
 */
export function readPeer(
  reader: Reader,
  fields: Fields,
  { name, source }: PeerIdentity,
  { keys, what }: { readonly keys: PeerKeys; readonly what: string },
): BgpPeer | undefined {
  const before = reader.errorCount;
  const myAsn = readAsn(reader, fields, keys.myAsn, what);
  const peerAsn = readPeerAsn(reader, fields, keys, what);
  const remote = readRemote(reader, fields, keys, what);
  const peer = {
    name,
    source,
    localAsn: reader.integer(at(fields, keys.localAsn), 1, UINT32_MAX),
    sourceAddress: readAddress(reader, fields, keys.sourceAddress),
    port: readPort(reader, fields, keys),
    ...readTimers(reader, fields, keys),
    routerId: readRouterId(reader, fields, keys.routerId, what),
    nodeSelectors: readSelectors(
      reader,
      at(fields, keys.nodeSelectors),
      reader.dialect === "configmap" ? CONFIG_MAP_KEYS : API_KEYS,
    ),
    password: readPassword(reader, fields, keys, what),
    bfdProfile: readName(reader, fields, keys.bfdProfile),
    isRestartGraceful: reader.boolean(at(fields, keys.gracefulRestart)) ?? false,
    isMultiHop: reader.boolean(at(fields, keys.multiHop)) ?? false,
    vrf: readName(reader, fields, keys.vrf),
    isDualStack: reader.boolean(at(fields, keys.dualStack)) ?? false,
  };
  reader.boolean(at(fields, keys.disableMp));
  const multiHop = at(fields, keys.multiHop);
  if (multiHop !== undefined && peer.isMultiHop && myAsn !== undefined && myAsn === peerAsn) {
    const message = `Cannot use ${quote(multiHop.key)} of ${what}: both ASNs are ${myAsn}`;
    reader.error(multiHop, message);
  }
  if (reader.errorCount > before) return undefined;
  if (myAsn === undefined || peerAsn === undefined || remote === undefined) return undefined;
  return { ...peer, myAsn, peerAsn, remote };
}

function at(fields: Fields, key: string | undefined): ReturnType<Fields["get"]> {
  return key === undefined ? undefined : fields.get(key);
}

function readAsn(reader: Reader, fields: Fields, key: string, what: string): number | undefined {
  const spot = fields.get(key);
  if (spot !== undefined) return reader.integer(spot, 1, UINT32_MAX);
  const message = `Cannot use ${what}: need "${key}" from 1 to ${UINT32_MAX}, have none`;
  reader.error(fields.place, message);
  return undefined;
}

function readPeerAsn(
  reader: Reader,
  fields: Fields,
  keys: PeerKeys,
  what: string,
): BgpPeer["peerAsn"] | undefined {
  if (keys.dynamicAsn === undefined) return readAsn(reader, fields, keys.peerAsn, what);
  const numberSpot = fields.get(keys.peerAsn);
  const number = reader.integer(numberSpot, 0, UINT32_MAX);
  const dynamicSpot = fields.get(keys.dynamicAsn);
  const dynamic = reader.text(dynamicSpot);
  if (dynamicSpot !== undefined && dynamic !== undefined) {
    if (number !== undefined && number !== 0) {
      const message = `Cannot use ${what}: need only one of "${keys.peerAsn}" and ` +
        `"${keys.dynamicAsn}", have both`;
      reader.error(dynamicSpot, message);
    }
    if (dynamic === "internal" || dynamic === "external") return dynamic;
    const message = `Cannot use "${keys.dynamicAsn}" of ${what}: need "internal" or ` +
      `"external", have ${quote(dynamic)}`;
    reader.error(dynamicSpot, message);
    return undefined;
  }
  if (number !== undefined && number !== 0) return number;
  if (numberSpot !== undefined && number === undefined) return undefined;
  const message = `Cannot use ${what}: need "${keys.peerAsn}" from 1 to ${UINT32_MAX} or ` +
    `"${keys.dynamicAsn}", have none`;
  reader.error(numberSpot ?? fields.place, message);
  return undefined;
}

function readRemote(
  reader: Reader,
  fields: Fields,
  keys: PeerKeys,
  what: string,
): BgpPeer["remote"] | undefined {
  const addressSpot = fields.get(keys.address);
  const hasAddress = addressSpot !== undefined && !isEmptyText(addressSpot);
  const name = readName(reader, fields, keys.interface);
  if (hasAddress && name !== undefined) {
    const message = `Cannot use ${what}: need only one of "${keys.address}" and ` +
      `"${keys.interface}", have both`;
    reader.error(addressSpot, message);
  }
  if (name !== undefined) return { kind: "interface", name };
  if (hasAddress) {
    const address = readAddress(reader, fields, keys.address);
    return address && { kind: "address", address };
  }
  const either = keys.interface === undefined ? "" : ` or "${keys.interface}"`;
  const message = `Cannot use ${what}: need "${keys.address}"${either}, have none`;
  reader.error(addressSpot ?? fields.place, message);
  return undefined;
}

function isEmptyText({ tree }: Spot): boolean {
  return tree.kind === "text" && tree.value === "";
}

/** An address; an empty text is none, as in MetalLB. */
function readAddress(reader: Reader, fields: Fields, key: string): IpAddress | undefined {
  const spot = fields.get(key);
  const text = reader.text(spot);
  if (spot === undefined || text === undefined || text === "") return undefined;
  const address = parseIp(text);
  if (address === undefined) {
    reader.error(spot, `Cannot read ${quote(key)}: ${explainAddress(text)}`);
  }
  return address;
}

/** RFC 4271 section 4.2: four octets. MetalLB takes an IPv6 address, and does not use it. */
function readRouterId(
  reader: Reader,
  fields: Fields,
  key: string,
  what: string,
): IpAddress | undefined {
  const address = readAddress(reader, fields, key);
  if (address?.family !== "IPv6") return address;
  const message = `No effect of ${quote(key)} of ${what}: need an IPv4 address, have IPv6`;
  reader.warning(fields.get(key) ?? fields.place, message);
  return undefined;
}

function readPort(reader: Reader, fields: Fields, keys: PeerKeys): number {
  const max = reader.dialect === "configmap" ? 65_535 : 16_384;
  return reader.integer(fields.get(keys.port), 0, max) || BGP_PORT;
}

function readPassword(
  reader: Reader,
  fields: Fields,
  keys: PeerKeys,
  what: string,
): BgpPeer["password"] {
  const text = readName(reader, fields, keys.password);
  const name = readSecretName(reader, fields, keys.passwordSecret, what);
  const spot = at(fields, keys.passwordSecret);
  if (text !== undefined && name !== undefined && spot !== undefined) {
    const message = `Cannot use ${what}: need only one of "${keys.password}" and ` +
      `"${keys.passwordSecret}", have both`;
    reader.error(spot, message);
  }
  if (text !== undefined) return { kind: "text", text };
  return name === undefined ? undefined : { kind: "secret", name };
}

function readSecretName(
  reader: Reader,
  fields: Fields,
  key: string | undefined,
  what: string,
): string | undefined {
  const spot = at(fields, key);
  if (spot === undefined) return undefined;
  const secret = reader.fields(spot, ["name", "namespace"], `passwordSecret of ${what}`);
  if (secret === undefined) return undefined;
  reader.text(secret.get("namespace"));
  return readName(reader, secret, "name");
}

/** A text that is not empty; an empty one is none, as in MetalLB. */
function readName(reader: Reader, fields: Fields, key: string | undefined): string | undefined {
  return reader.text(at(fields, key)) || undefined;
}
