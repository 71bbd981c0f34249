import type { HostFacts, InterfaceFacts } from "./host_checks.ts";
import { subnetsOf } from "./host_checks.ts";
import type { Interface } from "../desired/interfaces.ts";

/** Reads a file of /proc/sys, without the line's end; `undefined` where it is not there. */
export type ReadParameter = (path: string) => string | undefined | Promise<string | undefined>;

/**
 * Reads the kernel parameters that `checkHost` judges, for the interfaces that have a subnet: few exact files
 * under /proc/sys/net.
 *
 * @throws what `read` throws
 */
export async function readHostFacts(
  faces: readonly Interface[],
  read: ReadParameter,
): Promise<HostFacts> {
  const number = async (
    name: string,
    parameter: string,
    version: 4 | 6,
  ): Promise<number | undefined> => {
    const text = await read(`/proc/sys/net/ipv${version}/conf/${name}/${parameter}`);
    return text === undefined || text === "" ? undefined : Number(text);
  };
  /** IN_DEV_MAXCONF and IN_DEV_ORCONF of linux/inetdevice.h: the greater of `all` and the interface's own. */
  const greater = async (name: string, parameter: string): Promise<number | undefined> => {
    const values = [await number("all", parameter, 4), await number(name, parameter, 4)];
    const known = values.filter((value) => value !== undefined);
    return known.length === 0 ? undefined : Math.max(...known);
  };
  const factsOf = async (face: Interface): Promise<InterfaceFacts> => {
    const { name } = face;
    const [arpIgnore, arpAnnounce, arpFilter, rpFilter, proxyArp, proxyArpPvlan] = await Promise
      .all(
        PARAMETERS.map((parameter) => greater(name, parameter)),
      );
    const arp = { arpIgnore, arpAnnounce, arpFilter, rpFilter, proxyArp, proxyArpPvlan };
    return { face, ...arp, disableIpv6: await number(name, "disable_ipv6", 6) };
  };
  const checked = faces.filter((face) => !face.isExcluded && subnetsOf(face).length > 0);
  return {
    interfaces: await Promise.all(checked.map(factsOf)),
    hasIpvs: await number("kube-ipvs0", "arp_ignore", 4) !== undefined,
  };
}

const PARAMETERS = [
  "arp_ignore",
  "arp_announce",
  "arp_filter",
  "rp_filter",
  "proxy_arp",
  "proxy_arp_pvlan",
] as const;
