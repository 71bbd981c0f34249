import {
  childOf,
  type Config,
  isAvoided,
  nearestWord,
  poolOf,
  type Problem,
  problemAt,
  textOf,
  type Tree,
} from "../config/mod.ts";
import {
  ADDRESS_POOL,
  ALLOW_SHARED_IP,
  legacyName,
  LOAD_BALANCER_IPS,
  readAnnotation,
  requestOf,
  type Wish,
} from "../controller/mod.ts";
import { formatIp, type IpAddress, parseIp } from "../ip/address.ts";
import { keyOf, type Service } from "../kube/mod.ts";
import type { FoundService } from "./manifest.ts";

/**
 * What is wrong with the request of a Service in a file: contradictions in itself, and, where the files have pools,
 * pools and addresses that do not exist there. Services of other types ask for nothing.
 */
export function checkService(found: FoundService, config: Config | undefined): readonly Problem[] {
  const { service } = found;
  if (service.type !== "LoadBalancer") return [];
  const { wish } = requestOf(withFamilies(service));
  if (wish.kind !== "wish") {
    return [problem(found, placeKeys(found, "any"), `${wish.message}; ${wish.remedy}`)];
  }
  return config === undefined || config.pools.length === 0 ? [] : checkWish(found, wish, config);
}

function checkWish(found: FoundService, wish: Wish, config: Config): readonly Problem[] {
  const problems: Problem[] = [];
  const names = config.pools.map(({ name }) => name);
  if (wish.pool !== undefined && !names.includes(wish.pool)) {
    const meant = nearestWord(wish.pool, names);
    const hint = meant === undefined ? "" : `; did you mean "${meant}"`;
    const message = `no pool has the name "${wish.pool}"${hint}`;
    problems.push(problem(found, placeKeys(found, "pool"), message));
  }
  for (const address of wish.addresses) {
    const fault = addressFault(address, wish, config);
    if (fault !== undefined) problems.push(problem(found, placeKeys(found, "addresses"), fault));
  }
  return problems;
}

function addressFault(address: IpAddress, wish: Wish, config: Config): string | undefined {
  const text = formatIp(address);
  const pool = poolOf(config, address);
  if (pool === undefined) return `no pool has the requested address ${text}`;
  if (isAvoided(pool, address)) {
    return `pool "${pool.name}" keeps the requested address ${text} back, because it avoids .0 and .255`;
  }
  if (wish.pool === undefined || wish.pool === pool.name) return undefined;
  return `the requested address ${text} is of pool "${pool.name}", not of the requested pool "${wish.pool}"`;
}

/** A file seldom says the families: the API server fills them in. Then those of the requested addresses are meant. */
function withFamilies(service: Service): Service {
  if (service.ipFamilies.length > 0) return service;
  const wanted = [
    service.loadBalancerIP ?? "",
    ...readAnnotation(service.meta.annotations, LOAD_BALANCER_IPS).split(","),
  ].flatMap((text) => parseIp(text.trim())?.family ?? []);
  const all = service.ipFamilyPolicy === "RequireDualStack" ? ["IPv4", "IPv6"] : [];
  const families = [...new Set([...wanted, ...all])];
  return { ...service, ipFamilies: families.length > 0 ? families : ["IPv4"] };
}

/** Where in the Service the fault is most likely: the first of these keys that it has. */
function placeKeys(
  { tree }: FoundService,
  subject: "any" | "pool" | "addresses",
): Tree | undefined {
  const annotations = childOf(childOf(tree, "metadata"), "annotations");
  const keys = {
    any: [LOAD_BALANCER_IPS, ADDRESS_POOL, ALLOW_SHARED_IP] as const,
    pool: [ADDRESS_POOL] as const,
    addresses: [LOAD_BALANCER_IPS] as const,
  }[subject];
  const values = keys.flatMap((
    key,
  ) => [childOf(annotations, key), childOf(annotations, legacyName(key))]);
  return values.find((value) => value !== undefined) ??
    childOf(childOf(tree, "spec"), "loadBalancerIP");
}

function problem(
  { service, tree, place }: FoundService,
  at: Tree | undefined,
  what: string,
): Problem {
  const name = childOf(childOf(tree, "metadata"), "name");
  const where = at?.at ?? name?.at ?? place.at;
  const key = service.meta.namespace === ""
    ? textOf(childOf(tree, "metadata"), "name")
    : keyOf(service.meta);
  return problemAt(
    "error",
    { source: place.source, path: "", ...where && { at: where } },
    `Service ${key ?? ""} cannot get an address: ${what}`,
  );
}
