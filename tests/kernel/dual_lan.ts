import assert from "node:assert/strict";
import { eventually } from "../eventually.ts";
import { nameOfMac, openSpeakerLan, type SpeakerLan } from "./speaker_lan.ts";

const POOL = ["192.168.0.200-192.168.0.250", "fd00:5::200-fd00:5::2ff"];
/** The machines' own addresses on the subnet. */
export const OWN = {
  client: "fd00:5::99",
  n1: "fd00:5::11",
  n2: "fd00:5::12",
  n3: "fd00:5::13",
} as const;

/** The LAN with an IPv6 subnet, fd00:5::/64. */
export async function openDualLan(): Promise<SpeakerLan> {
  const lan = await openSpeakerLan(POOL);
  for (const [name, address] of Object.entries(OWN)) {
    const words = ["-6", "addr", "add", `${address}/64`, "dev", "eth0", "nodad"];
    const { code, stderr } = await lan.lan.machine(name).run(["ip", ...words]);
    assert.equal(code, 0, stderr);
  }
  return lan;
}

/** Who answers the client's solicitations, as ndisc6 hears it: a name for each answer, in order. */
export async function ask(
  lan: SpeakerLan,
  address: string,
  times: number,
): Promise<readonly string[]> {
  const argv = ["ndisc6", "-m", "-q", "-n", "-r", "1", "-w", "500", address, "eth0"];
  const names: string[] = [];
  for (let n = 0; n < times; n++) {
    const { stdout } = await lan.client.run(argv);
    for (const [mac] of stdout.matchAll(/[0-9A-Fa-f:]{17}/g)) {
      names.push(nameOfMac(mac.toLowerCase()));
    }
  }
  return names;
}

/** Waits until exactly one station answers, and names it. */
export function settled(lan: SpeakerLan, address: string): Promise<string> {
  return eventually(`exactly one station answers for ${address}`, 10, async () => {
    const [one, ...others] = new Set(await ask(lan, address, 1));
    return others.length === 0 ? one : undefined;
  });
}
