import type { Community, Source } from "./config.ts";
import type { AddressDraft, Parsed, PoolDraft } from "./draft.ts";
import { readAddressEntry } from "./addresses.ts";
import { readPoolAdvertisements } from "./configmap_advertisements.ts";
import { readBgpSections } from "./configmap_bgp.ts";
import { type Fields, problemAt, Reader, type Spot } from "./reader.ts";
import { nearestWord } from "./suggest.ts";
import { quote, textOf, type Tree } from "./tree.ts";
import { parseYaml, type Placed } from "./yaml.ts";

/** The keys that the configuration of a ConfigMap may have. */
export const CONFIG_MAP_TOP_KEYS = [
  "address-pools",
  "peers",
  "bgp-communities",
  "bfd-profiles",
] as const;

const POOL_KEYS = [
  "name",
  "protocol",
  "addresses",
  "auto-assign",
  "avoid-buggy-ips",
  "bgp-advertisements",
] as const;

/**
 * Reads the value of key `config` of MetalLB's ConfigMap: the format of v0.8.3 with what came up to v0.12.
 * An empty text is a valid configuration without pools. All problems are found in one go.
 *
 * @param placed maps positions, where the text stands within a larger file
 */
export function parseConfigMap(text: string, source: Source, placed?: Placed): Parsed {
  const { documents, faults } = parseYaml(text, placed);
  const problems = faults.map(({ line, column, message }) =>
    problemAt("error", { source, path: "", at: { line, column } }, message)
  );
  const [tree, second] = documents;
  if (tree === undefined) return { pools: [], l2Advertisements: [], problems };
  if (second !== undefined) {
    const message = "Only the first YAML document is read: what follows has no effect";
    problems.push(problemAt("warning", { source, path: "", at: second.at }, message));
  }
  const read = readConfigMap(tree, source);
  return { ...read, problems: [...problems, ...read.problems] };
}

/** Reads the configuration of a ConfigMap from its YAML. */
export function readConfigMap(tree: Tree, source: Source): Parsed {
  const reader = new Reader("configmap");
  const spot = { source, path: "", name: "config", tree, at: tree.at };
  const top = reader.fields(spot, CONFIG_MAP_TOP_KEYS, "the configuration");
  if (top === undefined) return { pools: [], l2Advertisements: [], problems: reader.problems };
  const { drafts: bgp, communities } = readBgpSections(reader, top);
  const pools = reader.list(top.get("address-pools"))
    .flatMap((item, i) => readPool(reader, item, i, communities) ?? []);
  return { pools, l2Advertisements: [], bgp, problems: reader.problems };
}

function readPool(
  reader: Reader,
  spot: Spot,
  index: number,
  communities: ReadonlyMap<string, Community | undefined>,
): PoolDraft | undefined {
  const named = textOf(spot.tree, "name") ?? "";
  const what = named === "" ? `pool #${index + 1}` : `pool ${quote(named)}`;
  const fields = reader.fields(spot, POOL_KEYS, what);
  if (fields === undefined) return undefined;
  const name = readName(reader, fields, what);
  const entries = readAddresses(reader, fields, what);
  const protocol = readProtocol(reader, fields, what);
  const autoAssign = reader.boolean(fields.get("auto-assign")) ?? true;
  const avoidBuggyIPs = reader.boolean(fields.get("avoid-buggy-ips")) ?? false;
  const context = { what, protocol, entries, communities };
  const bgpAdvertisements = readPoolAdvertisements(reader, fields, context);
  if (name === "") return undefined;
  const ranges = entries.map((entry) => entry.range);
  return {
    pool: { name, source: spot.source, labels: {}, ranges, autoAssign, avoidBuggyIPs },
    place: fields.get("name") ?? spot,
    entries,
    // One that is missing or unknown is reported: not also that nothing announces the pool.
    protocol: protocol ?? "layer2",
    bgpAdvertisements,
  };
}

function readName(reader: Reader, fields: Fields, what: string): string {
  const spot = fields.get("name");
  const name = spot === undefined ? "" : reader.text(spot);
  if (name === "") {
    reader.error(spot ?? fields.place, `Cannot use ${what}: need a "name", have none`);
  }
  return name ?? "";
}

/** Reads `addresses`, whose form ConfigMap and IPAddressPool share. */
export function readAddresses(
  reader: Reader,
  fields: Fields,
  what: string,
): readonly AddressDraft[] {
  const spot = fields.get("addresses");
  if (spot === undefined || (spot.tree.kind === "list" && spot.tree.items.length === 0)) {
    reader.error(
      spot ?? fields.place,
      `Cannot use ${what}: need at least one entry in "addresses", have none`,
    );
  }
  return reader.texts(spot).flatMap(({ text, spot: place }) => {
    const entry = readAddressEntry(text);
    if (entry.kind === "fault") {
      reader.error(place, `${entry.message} (${what})`);
      return [];
    }
    if (entry.warning !== undefined) reader.warning(place, `${entry.warning} (${what})`);
    return [{ text, range: entry.range, place }];
  });
}

function readProtocol(
  reader: Reader,
  fields: Fields,
  what: string,
): "layer2" | "bgp" | undefined {
  const spot = fields.get("protocol");
  const text = reader.text(spot);
  if (text === "layer2" || text === "bgp") return text;
  if (text === undefined && spot !== undefined) return undefined;
  const found = text === undefined || text === "" ? "none" : quote(text);
  const meant = /^(l|layer)[-_ ]?2$|arp/i.test(text ?? "")
    ? "layer2"
    : nearestWord(text ?? "", ["layer2", "bgp"]);
  const hint = found === "none" || meant === undefined ? "" : `; did you mean "${meant}"`;
  reader.error(
    spot ?? fields.place,
    `Cannot use ${what}: need protocol "layer2" or "bgp", have ${found}${hint}`,
  );
  return undefined;
}
