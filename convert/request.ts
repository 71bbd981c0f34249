import {
  ADDRESS_POOL,
  ALLOW_SHARED_IP,
  legacyName,
  LOAD_BALANCER_IPS,
} from "../controller/annotations.ts";
import { formatIp, parseIp } from "../ip/address.ts";
import type { Service } from "../kube/types.ts";
import type { Tenant } from "./left.ts";
import type { Note } from "./note.ts";
import { nameObject } from "./objects.ts";

/** What a Service must say, so that it goes on with what it has. */
export interface ServiceRequest {
  readonly namespace: string;
  readonly name: string;
  /** To set; never empty together with `dropsLoadBalancerIP` false. */
  readonly annotations: Readonly<Record<string, string>>;
  /** `spec.loadBalancerIP` contradicts `metallb.io/loadBalancerIPs`, and goes. */
  readonly dropsLoadBalancerIP: boolean;
}

/** What tenants must say: the addresses by name, the pool that they named, a key where they share an address. */
export function requestsOf(
  tenants: readonly Tenant[],
  poolNames: ReadonlyMap<string, string>,
): { readonly requests: readonly ServiceRequest[]; readonly notes: readonly Note[] } {
  const keys = sharingKeys(tenants);
  const requests: ServiceRequest[] = [];
  const notes: Note[] = [];
  for (const tenant of tenants) {
    const request = requestOf(tenant, keys.get(tenant), poolNames);
    if (Object.keys(request.annotations).length > 0 || request.dropsLoadBalancerIP) {
      requests.push(request);
    }
    if (tenant.addresses.length > 0 && !canAsk(tenant)) notes.push(noteStatusOnly(tenant));
  }
  return { requests, notes };
}

/** The Service as it is after the request. */
export function withRequest(service: Service, request: ServiceRequest | undefined): Service {
  if (request === undefined) return service;
  const { meta } = service;
  const annotations = { ...meta.annotations, ...request.annotations };
  return {
    ...service,
    meta: { ...meta, annotations },
    loadBalancerIP: request.dropsLoadBalancerIP ? undefined : service.loadBalancerIP,
  };
}

function requestOf(
  tenant: Tenant,
  sharingKey: string | undefined,
  poolNames: ReadonlyMap<string, string>,
): ServiceRequest {
  const { service, addresses, pool } = tenant;
  const { namespace, name } = service.meta;
  const single = service.loadBalancerIP ?? "";
  const [only] = addresses;
  const isAskedFor = canAsk(tenant) && addresses.length === 1 && only !== undefined &&
    formatIp(parseIp(single) ?? { family: "IPv4", value: 0n }) === formatIp(only);
  const asks = canAsk(tenant) && !isAskedFor;
  const newPool = addresses.length > 0 || pool === undefined ? undefined : poolNames.get(pool);
  const wanted = {
    ...asks && { [LOAD_BALANCER_IPS]: addresses.map(formatIp).join(",") },
    ...newPool !== undefined && { [ADDRESS_POOL]: newPool },
    ...sharingKey !== undefined && { [ALLOW_SHARED_IP]: sharingKey },
  };
  const annotations = Object.fromEntries(
    Object.entries(wanted).filter(([key, value]) => service.meta.annotations[key] !== value),
  );
  const isInTheWay = single !== "" && !isAskedFor &&
    (addresses.length > 0 || parseIp(single)?.value === 0n);
  return { namespace, name, annotations, dropsLoadBalancerIP: isInTheWay };
}

/** By name a Service asks for one address of each of its families. */
function canAsk({ service, addresses }: Tenant): boolean {
  if (addresses.length === 0) return false;
  const families = new Set(service.ipFamilies);
  return families.size === 0 || families.size === addresses.length;
}

function noteStatusOnly({ object, addresses }: Tenant): Note {
  const message =
    `${nameObject(object)} keeps ${addresses.map(formatIp).join(", ")} as long as its ` +
    "status has it: it has two families, and could ask by name for an address of each only";
  return { kind: "do", place: object.place, message };
}

/** Its own key; where several have an address and no key in common, one made of the address. */
function sharingKeys(tenants: readonly Tenant[]): ReadonlyMap<Tenant, string> {
  const users = Map.groupBy(
    tenants.flatMap((tenant) => tenant.addresses.map((address) => ({ tenant, address }))),
    ({ address }) => formatIp(address),
  );
  const keys = new Map(
    tenants.flatMap((tenant) =>
      tenant.sharingKey === undefined ? [] : [[tenant, tenant.sharingKey] as const]
    ),
  );
  for (const [address, group] of users) {
    const own = new Set(group.map(({ tenant }) => keys.get(tenant)));
    const isShared = group.length > 1 && (own.size > 1 || own.has(undefined));
    if (!isShared) continue;
    for (const { tenant } of group) keys.set(tenant, `shared-${address}`);
  }
  return keys;
}

/** The pools that Services of MetalLB name, where these have another name now. */
export function renamedPoolRequests(
  services: readonly Service[],
  renamed: ReadonlyMap<string, string>,
): readonly ServiceRequest[] {
  return services.flatMap((service) => {
    const annotations = Object.fromEntries(
      [ADDRESS_POOL, legacyName(ADDRESS_POOL)].flatMap((name) => {
        const pool = renamed.get(service.meta.annotations[name] ?? "");
        return pool === undefined ? [] : [[name, pool]];
      }),
    );
    const { namespace, name } = service.meta;
    return Object.keys(annotations).length === 0
      ? []
      : [{ namespace, name, annotations, dropsLoadBalancerIP: false }];
  });
}
