/** A 48-bit hardware address as lower-case text, `02:00:5e:10:00:01`: usable as a key. */
export type Mac = string & { readonly mac: unique symbol };

/** Reads six hexadecimal octets joined by `:` or `-`, in either case. */
export function parseMac(text: string): Mac | undefined {
  const isMac = /^[0-9a-f]{2}([:-])[0-9a-f]{2}(?:\1[0-9a-f]{2}){4}$/.test(text.toLowerCase());
  return isMac ? brand(text.toLowerCase().replaceAll("-", ":")) : undefined;
}

/**
 * The address that six bytes stand for.
 *
 * @throws RangeError when there are not six bytes
 */
export function macFromBytes(bytes: Uint8Array): Mac {
  if (bytes.length !== 6) {
    throw new RangeError(`Cannot read MAC address: need 6 bytes, have ${bytes.length}`);
  }
  return brand(Array.from(bytes, (b) => b.toString(16).padStart(2, "0")).join(":"));
}

/** The address as six bytes, owned by the caller. */
export function macToBytes(mac: Mac): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(6);
  for (let i = 0; i < 6; i++) bytes[i] = parseInt(mac.slice(3 * i, 3 * i + 2), 16);
  return bytes;
}

/** ff:ff:ff:ff:ff:ff, every host on the link. */
export const BROADCAST: Mac = brand("ff:ff:ff:ff:ff:ff");

/** 00:00:00:00:00:00, what an ARP request has where the target's address is asked for. */
export const UNSPECIFIED_MAC: Mac = brand("00:00:00:00:00:00");

function brand(text: string): Mac {
  return text as Mac;
}
