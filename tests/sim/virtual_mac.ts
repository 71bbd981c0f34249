import { type Mac, macFromBytes } from "../../ip/mac.ts";

/** A locally administered MAC that ends in the number. */
export function virtualMac(n: number): Mac {
  return macFromBytes(Uint8Array.of(2, 0, 0, 0, n >> 8 & 0xff, n & 0xff));
}
