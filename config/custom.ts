import type { CustomResource, ObjectMeta } from "../kube/types.ts";
import { readAddresses } from "./configmap.ts";
import type { ServiceAllocation, Source } from "./config.ts";
import type { Named, Parsed } from "./draft.ts";
import { readPreferences } from "./preferences.ts";
import { type Fields, type Place, Reader, type Spot } from "./reader.ts";
import { API_KEYS, readSelectors } from "./selector.ts";
import { quote, type Tree, treeOfJson } from "./tree.ts";

/** The version of the kinds read here. */
export const METALLB_V1BETA1 = "metallb.io/v1beta1";

/** What a field has when it is absent; the CRDs in `deploy/crds` say the same. */
export const POOL_DEFAULTS = { autoAssign: true, avoidBuggyIPs: false } as const;

/** A custom resource wherever it was read: served by the API, or in a file. */
export interface ResourceText {
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly source: Source;
  /** `undefined` where the object has none. */
  readonly spec: Tree | undefined;
  /** Of the object, for what is missing. */
  readonly place: Place;
  readonly reader: Reader;
}

/** Reads an IPAddressPool that the API serves. */
export function parseIpAddressPool(object: CustomResource): Parsed {
  return readIpAddressPool(resourceText("IPAddressPool", object));
}

/** Reads an L2Advertisement that the API serves. */
export function parseL2Advertisement(object: CustomResource): Parsed {
  return readL2Advertisement(resourceText("L2Advertisement", object));
}

/** Reads an IPAddressPool from any place. */
export function readIpAddressPool(text: ResourceText): Parsed {
  const { name, source, labels, reader } = text;
  const what = `pool ${quote(name)}`;
  const known = ["addresses", "autoAssign", "avoidBuggyIPs", "serviceAllocation"];
  const fields = readSpec(text, known, what);
  if (fields === undefined) {
    return { pools: [], l2Advertisements: [], problems: reader.problems };
  }
  const entries = readAddresses(reader, fields, what);
  const autoAssign = reader.boolean(fields.get("autoAssign")) ?? POOL_DEFAULTS.autoAssign;
  const avoidBuggyIPs = reader.boolean(fields.get("avoidBuggyIPs")) ??
    POOL_DEFAULTS.avoidBuggyIPs;
  const serviceAllocation = readServiceAllocation(reader, fields.get("serviceAllocation"), what);
  const ranges = entries.map((entry) => entry.range);
  const own = { name, source, labels, ranges, autoAssign, avoidBuggyIPs };
  const pool = serviceAllocation === undefined ? own : { ...own, serviceAllocation };
  return {
    pools: [{ pool, place: text.place, entries }],
    l2Advertisements: [],
    problems: reader.problems,
  };
}

/** Reads an L2Advertisement from any place; which pools it means is settled with all pools at hand. */
export function readL2Advertisement(text: ResourceText): Parsed {
  const { name, reader } = text;
  const known = [
    "ipAddressPools",
    "ipAddressPoolSelectors",
    "nodeSelectors",
    "interfaces",
    "serviceSelectors",
    "preferredNodeSelectors",
  ];
  const what = `L2Advertisement ${quote(name)}`;
  // Unlike a pool, an advertisement means something without a spec: everything, everywhere.
  const spec = text.spec ?? { kind: "null" as const };
  const fields = readSpec({ ...text, spec }, known, what);
  if (fields === undefined) {
    return { pools: [], l2Advertisements: [], problems: reader.problems };
  }
  const advertisement = {
    name,
    place: text.place,
    poolNames: readNames(reader, fields.get("ipAddressPools")),
    poolSelectors: readSelectors(reader, fields.get("ipAddressPoolSelectors"), API_KEYS),
    nodeSelectors: readSelectors(reader, fields.get("nodeSelectors"), API_KEYS),
    interfaces: readInterfaces(reader, fields.get("interfaces")),
    serviceSelectors: readSelectors(reader, fields.get("serviceSelectors"), API_KEYS),
  };
  const preferences = readPreferences(reader, fields.get("preferredNodeSelectors"));
  const draft = preferences.length === 0 ? advertisement : { ...advertisement, preferences };
  return { pools: [], l2Advertisements: [draft], problems: reader.problems };
}

/** What the API serves of an object, ready to be read. */
export function resourceText(
  objectKind: string,
  { meta, spec }: CustomResource,
  apiVersion: string = METALLB_V1BETA1,
): ResourceText {
  const source = sourceOf(objectKind, meta, apiVersion);
  return {
    name: meta.name,
    labels: meta.labels,
    source,
    spec: spec === undefined ? undefined : treeOfJson(spec),
    place: { source, path: "" },
    reader: new Reader("served"),
  };
}

/** The source that an object of the API is. */
export function sourceOf(
  objectKind: string,
  meta: ObjectMeta,
  apiVersion: string = METALLB_V1BETA1,
): Source {
  const { namespace, name, uid } = meta;
  return { kind: "object", apiVersion, objectKind, namespace, name, uid };
}

/** The keys of `spec`; `undefined` where there is none, or no map, which is reported. */
export function readSpec(
  { reader, source, spec, place }: ResourceText,
  known: readonly string[],
  what: string,
): Fields | undefined {
  if (spec === undefined) {
    reader.error(place, `Cannot use ${what}: need a "spec", have none`);
    return undefined;
  }
  const at = spec.at ?? place.at;
  return reader.fields({ source, path: "spec", name: "spec", tree: spec, at }, known, what);
}

function readServiceAllocation(
  reader: Reader,
  spot: Spot | undefined,
  what: string,
): ServiceAllocation | undefined {
  if (spot === undefined) return undefined;
  const known = ["priority", "namespaces", "namespaceSelectors", "serviceSelectors"];
  const fields = reader.fields(spot, known, `serviceAllocation of ${what}`);
  if (fields === undefined) return undefined;
  return {
    priority: readPriority(reader, fields.get("priority")),
    namespaces: readNames(reader, fields.get("namespaces")).map(({ name }) => name),
    namespaceSelectors: readSelectors(reader, fields.get("namespaceSelectors"), API_KEYS),
    serviceSelectors: readSelectors(reader, fields.get("serviceSelectors"), API_KEYS),
  };
}

/** As in MetalLB 0 is none. So is a negative one, whose place among the others MetalLB leaves open. */
function readPriority(reader: Reader, spot: Spot | undefined): number | undefined {
  const { tree } = spot ?? {};
  if (spot !== undefined && tree?.kind === "number" && tree.value < 0) {
    reader.warning(spot, `No effect of "priority" ${tree.text}: the first is 1, and 0 is none`);
    return undefined;
  }
  return reader.integer(spot, 0, 0x7fff_ffff) || undefined;
}

/** Reads a list of names, none of which may stand there twice. */
export function readNames(
  reader: Reader,
  spot: Spot | undefined,
): readonly Named[] {
  const seen = new Set<string>();
  return reader.texts(spot).map(({ text, spot: place }) => {
    if (seen.has(text)) {
      reader.error(place, `Cannot use ${quote(text)} twice in ${quote(spot?.name ?? "")}`);
    }
    seen.add(text);
    return { name: text, place };
  });
}

/** Linux: IFNAMSIZ is 16 with the closing zero, and a name has no blanks and no slash. */
function readInterfaces(reader: Reader, spot: Spot | undefined): readonly string[] {
  const names = reader.texts(spot).map(({ text, spot: place }) => {
    if (!/^[^\s/]{1,15}$/.test(text)) {
      reader.warning(
        place,
        `No interface can have the name ${quote(text)}: nothing is announced there`,
      );
    }
    return text;
  });
  return [...new Set(names)];
}
