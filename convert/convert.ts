import type { Problem } from "../config/config.ts";
import { hasError } from "../config/problem.ts";
import { jsonObjectOf } from "../config/tree.ts";
import type { IpAddress } from "../ip/address.ts";
import type { IpRange } from "../ip/range.ts";
import type { JsonObject } from "../kube/types.ts";
import { convertConfigMap, type ConvertedConfigMap } from "./configmap.ts";
import { adopt, disjoin, type Reserved } from "./disjoint.ts";
import { checkKept, commonClass } from "./keep.ts";
import { KUBE_VIP_CLASS, readKubeVip } from "./kube_vip.ts";
import type { FoundService, PoolSketch, Tenant } from "./left.ts";
import { readMetallb } from "./metallb.ts";
import { Names } from "./names.ts";
import { compareNote, type Note } from "./note.ts";
import type { Found, FoundObject } from "./objects.ts";
import { writePools } from "./pools.ts";
import { isPureLb, PURELB_CLASSES, readPureLb } from "./purelb.ts";
import { renamedPoolRequests, requestsOf, type ServiceRequest } from "./request.ts";
import { readServiceLb } from "./service_lb.ts";
import { findServices } from "./services.ts";
import { fixedRanges, reservedRanges } from "./standing.ts";

export interface ConvertOptions {
  /** Where the new objects go. @default that of the ConfigMap, else `metallb-system` */
  readonly namespace?: string;
  /** The class that the leader will serve. @default that of most Services */
  readonly lbClass?: string;
}

/** What a conversion gives, or why there is none. */
export type Conversion =
  | { readonly kind: "unreadable"; readonly problems: readonly Problem[] }
  | { readonly kind: "nothing" }
  | Converted;

export interface Converted {
  readonly kind: "converted";
  /** To apply, in this order. */
  readonly objects: readonly JsonObject[];
  /** What Services must say, so that they go on with what they have. */
  readonly requests: readonly ServiceRequest[];
  /** In order of the files. */
  readonly notes: readonly Note[];
  /** Services that have addresses, and how many of them keep these: as the leader decides on the outcome. */
  readonly services: { readonly count: number; readonly keptCount: number };
  /** The class that the leader and the speakers need; absent: none. */
  readonly lbClass?: string;
}

/**
 * Turns what configured another load balancer, and what Services have from it, into custom resources and requests:
 * MetalLB's ConfigMap, kube-vip, PureLB, k3s' ServiceLB. What is there of MetalLB's custom resources stays as it is.
 */
export function convert(found: readonly Found[], options: ConvertOptions): Conversion {
  const objects = found.flatMap((each) => each.objects);
  const metallb = readMetallb(found, options.namespace);
  const problems = [...found.flatMap((each) => each.problems), ...metallb.problems];
  if (hasError(problems)) return { kind: "unreadable", problems };
  const names = new Names();
  for (const { kind, name } of objects.filter(isCustomResource)) names.reserve(kind, name);
  const { configMap } = metallb;
  const converted: ConvertedConfigMap = configMap === undefined
    ? { objects: [], notes: [], renamedPools: new Map() }
    : convertConfigMap(configMap.tree, configMap.place, configMap.origin, names);
  const scene: Scene = {
    objects,
    names,
    namespace: options.namespace ?? configMap?.origin.namespace ?? "metallb-system",
    standing: objects.filter(isCustomResource).map(({ tree }) => jsonObjectOf(tree)),
    converted,
  };
  const outcome = adoptAll(scene, options.lbClass);
  const isNothing = outcome.objects.length === 0 && outcome.notes.length === 0 &&
    outcome.requests.length === 0;
  return isNothing ? { kind: "nothing" } : outcome;
}

interface Scene {
  readonly objects: readonly FoundObject[];
  readonly names: Names;
  readonly namespace: string;
  /** Custom resources that are there already. */
  readonly standing: readonly JsonObject[];
  readonly converted: ConvertedConfigMap;
}

function adoptAll(scene: Scene, lbClass: string | undefined): Converted {
  const { objects, names, standing, converted } = scene;
  const origin = { namespace: scene.namespace, labels: {} };
  const fixed = fixedRanges([...standing, ...converted.objects]);
  const services = findServices(objects).filter(isServable(lbClass));
  const nodes = readServiceLb(objects, services, origin, names);
  const rest = services.filter((each) => !nodes.services.includes(each));
  const pureLb = readPureLb(objects, rest.filter(isPureLb));
  const kubeVip = readKubeVip(objects, rest.filter((each) => !isPureLb(each)));
  const tenants = [...kubeVip.tenants, ...pureLb.tenants];
  const pools = settlePools(scene, [...kubeVip.pools, ...pureLb.pools], tenants, fixed);
  const written = writePools(pools.sketches, origin, names);
  const asked = requestsOf(tenants.filter((each) => !isFixed(each, fixed)), written.newNames);
  const made = [...converted.objects, ...written.objects, ...nodes.objects];
  const requests = [
    ...renamedPoolRequests(services.map(({ service }) => service), converted.renamedPools),
    ...asked.requests,
  ];
  const keepers = tenants.filter(({ addresses }) => addresses.length > 0);
  const served = lbClass ?? commonClass(keepers);
  const check = checkKept({ objects: [...standing, ...made], keepers, requests, lbClass: served });
  return {
    kind: "converted",
    objects: made,
    requests,
    notes: [
      ...converted.notes,
      ...kubeVip.notes,
      ...pureLb.notes,
      ...nodes.notes,
      ...pools.notes,
      ...asked.notes,
      ...check.notes,
    ].toSorted(compareNote),
    services: {
      count: keepers.length + nodes.services.length,
      keptCount: check.keptCount,
    },
    ...served !== undefined && { lbClass: served },
  };
}

function settlePools(
  { objects }: Scene,
  sketches: readonly PoolSketch[],
  tenants: readonly Tenant[],
  fixed: readonly Reserved[],
): { readonly sketches: readonly PoolSketch[]; readonly notes: readonly Note[] } {
  const disjoint = disjoin(distinct(sketches), [...fixed, ...reservedRanges(objects)]);
  const adopted = adopt(disjoint.pools, tenants, fixed.map(({ range }) => range));
  return {
    sketches: [...adopted.rest, ...adopted.pools],
    notes: [...disjoint.notes, ...adopted.notes],
  };
}

/** Two programs may have had a pool of the same name. */
function distinct(sketches: readonly PoolSketch[]): readonly PoolSketch[] {
  const names = new Names();
  return sketches.map((sketch) => ({ ...sketch, name: names.take("pool", sketch.name) }));
}

function isServable(lbClass: string | undefined): (found: FoundService) => boolean {
  const classes = [undefined, KUBE_VIP_CLASS, ...PURELB_CLASSES, lbClass];
  return ({ service }) => classes.includes(service.loadBalancerClass);
}

function isFixed({ addresses }: Tenant, fixed: readonly Reserved[]): boolean {
  return addresses.length > 0 && addresses.every((address) => isIn(address, fixed));
}

function isIn(
  { family, value }: IpAddress,
  fixed: readonly { readonly range: IpRange }[],
): boolean {
  return fixed.some(({ range }) =>
    range.family === family && range.first <= value && value <= range.last
  );
}

function isCustomResource({ apiVersion }: FoundObject): boolean {
  return apiVersion.startsWith("metallb.io/");
}
