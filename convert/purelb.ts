import { readAddressEntry } from "../config/addresses.ts";
import { childOf, quote, type Tree } from "../config/tree.ts";
import { readAgents } from "./purelb_agents.ts";
import type { Announcement, FoundService, Left, PoolSketch, Tenant } from "./left.ts";
import type { Note } from "./note.ts";
import { type FoundObject, nameObject, placeIn } from "./objects.ts";
import { type AnnotationFate, keptBy, noteAnnotations } from "./services.ts";
import { booleanIn, itemsIn, textIn, textsIn } from "./values.ts";

/** The classes of Services that are PureLB's alone, of its v1 and v2. */
export const PURELB_CLASSES: readonly string[] = ["purelb.io/purelb", "purelb.io/purelbv2"];

const ADDRESSES = "purelb.io/addresses";
const GROUP = "purelb.io/service-group";
const SHARING = "purelb.io/allow-shared-ip";
const ALLOCATED_BY = "purelb.io/allocated-by";

const FATES: Readonly<Record<string, AnnotationFate>> = {
  "purelb.io/multi-pool": {
    kind: "lost",
    message: "a Service has one address of each family; make one Service for each pool",
  },
};

/** Whether a Service is PureLB's. */
export function isPureLb({ service }: FoundService): boolean {
  const { annotations } = service.meta;
  return PURELB_CLASSES.includes(service.loadBalancerClass ?? "") ||
    [ADDRESSES, GROUP, SHARING, ALLOCATED_BY].some((name) => name in annotations);
}

/** Reads what PureLB left (https://purelb.io): ServiceGroups, LBNodeAgents, and what Services have and name. */
export function readPureLb(
  objects: readonly FoundObject[],
  services: readonly FoundService[],
): Left {
  const own = objects.filter(({ apiVersion }) => apiVersion.startsWith("purelb.io/"));
  const groups = own.filter(({ kind }) => kind === "ServiceGroup");
  const agents = readAgents(own.filter(({ kind }) => kind === "LBNodeAgent"));
  const read = groups.map((group) => readGroup(group, groups, agents.announcements));
  const tenants = services.map(readTenant);
  return {
    pools: read.flatMap(({ pool }) => pool ?? []),
    tenants: tenants.map(({ tenant }) => tenant),
    notes: [
      ...read.flatMap(({ notes }) => notes),
      ...agents.notes,
      ...tenants.flatMap(({ notes }) => notes),
    ],
  };
}

function readTenant(found: FoundService): {
  readonly tenant: Tenant;
  readonly notes: readonly Note[];
} {
  const { annotations } = found.service.meta;
  const { addresses, notes } = keptBy(found, annotations[ADDRESSES] ?? "");
  const { [GROUP]: pool = "", [SHARING]: sharingKey = "" } = annotations;
  const tenant = {
    ...found,
    addresses,
    ...pool !== "" && { pool },
    ...sharingKey !== "" && { sharingKey },
  };
  return { tenant, notes: [...notes, ...noteAnnotations(found, FATES)] };
}

function readGroup(
  group: FoundObject,
  groups: readonly FoundObject[],
  announcements: readonly Announcement[],
): { readonly pool?: PoolSketch; readonly notes: readonly Note[] } {
  const spec = childOf(group.tree, "spec");
  const local = childOf(spec, "local");
  const remote = childOf(spec, "remote");
  const pools = local ?? remote;
  if (pools === undefined) return { notes: [noteElsewhere(group, spec)] };
  const entries = addressesOf(pools).map((text) => ({ text, read: readAddressEntry(text) }));
  const ranges = entries.flatMap(({ read }) => read.kind === "range" ? [read.range] : []);
  const notes = entries.flatMap(({ read }): readonly Note[] =>
    read.kind === "fault"
      ? [{ kind: "lost", place: group.place, message: `${read.message} (${nameObject(group)})` }]
      : []
  );
  const pool: PoolSketch = {
    name: group.name,
    place: group.place,
    ranges,
    autoAssign: isGivenUnasked(group, groups),
    namespaces: textsIn(spec, "namespaces"),
    announcements: local === undefined ? [] : announcements,
  };
  return {
    ...ranges.length > 0 && { pool },
    notes: [...notes, ...noteGroup(group, spec, remote, pools)],
  };
}

/** Version 1 had one pool at first, then one of each family; then came lists. */
function addressesOf(pools: Tree): readonly string[] {
  const all = [
    pools,
    childOf(pools, "v4pool"),
    childOf(pools, "v6pool"),
    ...itemsIn(pools, "v4pools"),
    ...itemsIn(pools, "v6pools"),
  ];
  return all.flatMap((each) => textIn(each, "pool")?.trim() || []);
}

/** A Service that names no group gets the one for its namespace, else `default`. */
function isGivenUnasked(group: FoundObject, groups: readonly FoundObject[]): boolean {
  const spec = childOf(group.tree, "spec");
  const namespaces = textsIn(spec, "namespaces");
  if (namespaces.length === 0) return group.name === "default";
  if (booleanIn(spec, "namespaceDefault") === true) return true;
  const others = groups.filter((each) => each !== group)
    .flatMap(({ tree }) => textsIn(childOf(tree, "spec"), "namespaces"));
  return !namespaces.some((namespace) => others.includes(namespace));
}

function noteElsewhere(group: FoundObject, spec: Tree | undefined): Note {
  const key = ["netbox", "external"].find((each) => childOf(spec, each) !== undefined) ?? "spec";
  const message =
    `Field ${quote(`spec.${key}`)} of ${nameObject(group)}: its addresses come from ` +
    "another program; write an IPAddressPool with them";
  return { kind: "lost", place: placeIn(group, childOf(spec, key)), message };
}

function noteGroup(
  group: FoundObject,
  spec: Tree | undefined,
  remote: Tree | undefined,
  pools: Tree,
): readonly Note[] {
  const note = (key: string, value: Tree | undefined, why: string): Note => ({
    kind: "lost",
    place: placeIn(group, value),
    message: `Field ${quote(key)} of ${nameObject(group)}: ${why}`,
  });
  const isOpen = textsIn(spec, "namespaces").length > 0 &&
    booleanIn(spec, "enforceNamespaces") !== true;
  return [
    ...remote === undefined ? [] : [note(
      "spec.remote",
      remote,
      "no routing daemon reads its addresses from a dummy interface; write a BGPPeer and a " +
        "BGPAdvertisement",
    )],
    ...isOpen
      ? [note(
        "spec.namespaces",
        childOf(spec, "namespaces"),
        "Services of other namespaces cannot ask for the pool; add their namespaces",
      )]
      : [],
    ...["multiPool", "balancePools"].filter((key) => booleanIn(pools, key) === true).map((key) =>
      note(key, childOf(pools, key), "addresses are given out in order, one of each family")
    ),
  ];
}
