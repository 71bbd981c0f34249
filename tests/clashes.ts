import { heldBy } from "../controller/request.ts";
import { areKeysCompatible, sharingTermsOf } from "../controller/sharing.ts";
import { formatIp } from "../ip/address.ts";
import { keyOf, type Service } from "../kube/mod.ts";

/**
 * Pairs of Services of type LoadBalancer that have an address in common without a right to share it, as
 * `older younger address`.
 */
export function clashesAmong(services: readonly Service[]): readonly string[] {
  const holders = Map.groupBy(
    services.filter(({ type }) => type === "LoadBalancer")
      .flatMap((service) => heldBy(service).map((address) => ({ service, ip: formatIp(address) }))),
    ({ ip }) => ip,
  );
  return [...holders].flatMap(([ip, group]) => {
    const byAge = group.map(({ service }) => service).toSorted(compareAge);
    return byAge.flatMap((older, i) =>
      byAge.slice(i + 1).filter((younger) => !mayShare(older, younger))
        .map((younger) => `${keyOf(older.meta)} ${keyOf(younger.meta)} ${ip}`)
    );
  });
}

function mayShare(a: Service, b: Service): boolean {
  const [x, y] = [sharingTermsOf(a), sharingTermsOf(b)];
  return areKeysCompatible(x, y) && !x.ports.some((port) => y.ports.includes(port));
}

function compareAge({ meta: a }: Service, { meta: b }: Service): number {
  const [x, y] = [`${a.creationTimestamp} ${keyOf(a)}`, `${b.creationTimestamp} ${keyOf(b)}`];
  return x < y ? -1 : 1;
}
