import type { BfdProfile } from "./config.ts";
import type { Fields, Reader } from "./reader.ts";

/** How a source spells the fields of a BFD profile. */
export interface ProfileKeys {
  readonly receiveInterval: string;
  readonly transmitInterval: string;
  readonly detectMultiplier: string;
  readonly echoInterval: string;
  readonly echoMode: string;
  readonly passiveMode: string;
  readonly minimumTtl: string;
}

/** `bfd-profiles[]` of a ConfigMap, beside `name`. */
export const CONFIG_MAP_PROFILE_KEYS: ProfileKeys = {
  receiveInterval: "receive-interval",
  transmitInterval: "transmit-interval",
  detectMultiplier: "detect-multiplier",
  echoInterval: "echo-interval",
  echoMode: "echo-mode",
  passiveMode: "passive-mode",
  minimumTtl: "minimum-ttl",
};

/** `spec` of a BFDProfile. */
export const API_PROFILE_KEYS: ProfileKeys = {
  receiveInterval: "receiveInterval",
  transmitInterval: "transmitInterval",
  detectMultiplier: "detectMultiplier",
  echoInterval: "echoInterval",
  echoMode: "echoMode",
  passiveMode: "passiveMode",
  minimumTtl: "minimumTtl",
};

/** Reads a BFD profile by MetalLB's rules; what is left out, or refused, is as FRR has it. */
export function readProfile(
  reader: Reader,
  fields: Fields,
  identity: Pick<BfdProfile, "name" | "source">,
  keys: ProfileKeys,
): BfdProfile {
  const intervalMs = (key: string): number | undefined =>
    reader.integer(fields.get(key), 10, 60_000);
  return {
    ...identity,
    receiveMs: intervalMs(keys.receiveInterval) ?? 300,
    transmitMs: intervalMs(keys.transmitInterval) ?? 300,
    detectMultiplier: reader.integer(fields.get(keys.detectMultiplier), 2, 255) ?? 3,
    echoReceiveMs: intervalMs(keys.echoInterval) ?? 50,
    isEcho: reader.boolean(fields.get(keys.echoMode)) ?? false,
    isPassive: reader.boolean(fields.get(keys.passiveMode)) ?? false,
    minimumTtl: reader.integer(fields.get(keys.minimumTtl), 1, 254) ?? 254,
  };
}
