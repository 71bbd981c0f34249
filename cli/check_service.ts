import {
  childOf,
  type Config,
  isAvoided,
  matchesAny,
  nearestWord,
  type Pool,
  poolOf,
  type Problem,
  problemAt,
  textOf,
  type Tree,
} from "../config/mod.ts";
import {
  accessRefusal,
  ADDRESS_POOL,
  ALLOW_SHARED_IP,
  legacyName,
  LOAD_BALANCER_IPS,
  readAnnotation,
  type Refusal,
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
  if (config === undefined || config.pools.length === 0) return [];
  const problems = checkWish(found, wish, config);
  return problems.length > 0 ? problems : checkAnnounced(found, wish, config);
}

/** Whether an advertisement is for the Service; a pool without any is told of as such. */
function checkAnnounced(
  found: FoundService,
  wish: Wish,
  config: Config,
): readonly Problem[] {
  const { tree, place, service } = found;
  const lists = poolsFor(wish, config).filter((pool) => closedTo(found, pool) === undefined)
    .map(({ name }) => config.l2Advertisements.filter(({ pools }) => pools.includes(name)))
    .filter((list) => list.length > 0);
  const isFor = lists.some((list) =>
    list.some(({ serviceSelectors }) => matchesAny(serviceSelectors, service.meta.labels))
  );
  if (isFor || lists.length === 0) return [];
  const name = childOf(childOf(tree, "metadata"), "name");
  const at = name?.at ?? place.at;
  const where = { source: place.source, path: "", ...at && { at } };
  const names = [...new Set(lists.flat().map((each) => `"${each.name}"`))].join(", ");
  return [problemAt(
    "warning",
    where,
    `Service ${nameOf(found)} gets an address that is not announced: ` +
      `its labels match no "serviceSelectors" of L2Advertisement ${names}`,
  )];
}

/** Why the pool is not for the Service, as far as the file says where that belongs and how it is labelled. */
function closedTo({ service }: FoundService, pool: Pool): Refusal | undefined {
  if (service.meta.namespace === "") return undefined;
  return accessRefusal(pool, requestOf(service).applicant);
}

/** The pools that an address can come from, if they are for the Service. */
function poolsFor({ pool, addresses }: Wish, config: Config): readonly Pool[] {
  if (addresses.length > 0) return addresses.flatMap((address) => poolOf(config, address) ?? []);
  return config.pools.filter(({ name, autoAssign }) =>
    pool === undefined ? autoAssign : name === pool
  );
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
  return problems.length > 0 ? problems : checkOpen(found, wish, config);
}

/** Whether the pools that are asked for, by name or by an address, are for the Service. */
function checkOpen(found: FoundService, wish: Wish, config: Config): readonly Problem[] {
  if (wish.pool === undefined && wish.addresses.length === 0) return [];
  const at = placeKeys(found, wish.pool === undefined ? "addresses" : "pool");
  return [...new Set(poolsFor(wish, config))]
    .flatMap((pool) => closedTo(found, pool) ?? [])
    .map(({ message, remedy }) => problem(found, at, `${message}; ${remedy}`));
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

function problem(found: FoundService, at: Tree | undefined, what: string): Problem {
  const { tree, place } = found;
  const name = childOf(childOf(tree, "metadata"), "name");
  const where = at?.at ?? name?.at ?? place.at;
  return problemAt(
    "error",
    { source: place.source, path: "", ...where && { at: where } },
    `Service ${nameOf(found)} cannot get an address: ${what}`,
  );
}

/** `namespace/name`, or the name alone where the file leaves the namespace open. */
function nameOf({ service, tree }: FoundService): string {
  return service.meta.namespace === ""
    ? textOf(childOf(tree, "metadata"), "name") ?? ""
    : keyOf(service.meta);
}
