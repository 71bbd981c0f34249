import {
  childOf,
  CONFIG_MAP_TOP_KEYS,
  EXCLUDED_INTERFACES_KEY,
  jsonObjectOf,
  METALLB_V1BETA1,
  METALLB_V1BETA2,
  missingKey,
  nearestWord,
  parseConfigMap,
  type Parsed,
  parseExcludedInterfaces,
  parseYaml,
  type Place,
  placedIn,
  type Problem,
  problemAt,
  quote,
  readBfdProfile,
  readBgpAdvertisement,
  readBgpPeer,
  readCommunityObject,
  readConfigMap,
  Reader,
  readExcludedInterfaces,
  readIpAddressPool,
  readL2Advertisement,
  type ResourceText,
  textOf,
  type Tree,
} from "../config/mod.ts";
import { parseMeta, type Service, SERVICES } from "../kube/mod.ts";

/** A Service of a file, with its tree for the places of faults. */
export interface FoundService {
  readonly service: Service;
  readonly tree: Tree;
  readonly place: Place;
}

/** What a file holds that concerns Lanlord. */
export interface Manifest {
  readonly parts: readonly Parsed[];
  readonly services: readonly FoundService[];
  /** Faults of the file itself; those of the parts stand there. */
  readonly problems: readonly Problem[];
  /** How many objects were read. */
  readonly readCount: number;
  /** How many objects are of kinds that have nothing to do with Lanlord. */
  readonly skippedCount: number;
}

/** Kinds of MetalLB's group that are not read, with what to say about them. */
const UNREAD_KINDS: Readonly<Record<string, string>> = {
  ServiceL2Status: "A ServiceL2Status is written by the speakers, and configures nothing",
  ServiceBGPStatus: "A ServiceBGPStatus is written by the speakers, and configures nothing",
  ConfigurationState:
    "A ConfigurationState is written by leader and speakers, and configures nothing",
  AddressPool: "Kind AddressPool is not read: write an IPAddressPool and an L2Advertisement",
};

/** Kinds of MetalLB's group that configure: the versions that there are, the last preferred, and who reads them. */
const READ_KINDS: Readonly<Record<string, ReadKind>> = {
  IPAddressPool: { versions: [METALLB_V1BETA1], read: readIpAddressPool },
  L2Advertisement: { versions: [METALLB_V1BETA1], read: readL2Advertisement },
  BGPAdvertisement: { versions: [METALLB_V1BETA1], read: readBgpAdvertisement },
  BGPPeer: { versions: [METALLB_V1BETA1, METALLB_V1BETA2], read: readBgpPeer },
  BFDProfile: { versions: [METALLB_V1BETA1], read: readBfdProfile },
  Community: { versions: [METALLB_V1BETA1], read: readCommunityObject },
};

interface ReadKind {
  readonly versions: readonly string[];
  readonly read: (text: ResourceText, apiVersion: string) => Parsed;
}

/** MetalLB's ConfigMap of excluded interfaces, and its data key. */
const EXCLUDED_INTERFACES_CONFIG_MAP = "metallb-excludel2";
const EXCLUDED_INTERFACES_DATA = "excludel2.yaml";

/**
 * Reads a YAML or JSON text: the bare value of the ConfigMap's key `config`, MetalLB's file of excluded
 * interfaces, or objects in any number of documents and Lists. `namespace` is where MetalLB's objects count.
 */
export function readManifest(file: string, text: string, namespace: string): Manifest {
  const { documents, faults } = parseYaml(text);
  const found = new Finder(file, namespace);
  for (const { line, column, message } of faults) {
    found.problems.push(problemAt("error", found.place({ line, column }), message));
  }
  for (const document of documents) found.document(document);
  return found;
}

class Finder implements Manifest {
  readonly parts: Parsed[] = [];
  readonly services: FoundService[] = [];
  readonly problems: Problem[] = [];
  readCount = 0;
  skippedCount = 0;
  readonly #source: Place["source"];
  readonly #namespace: string;
  /** Kind, namespace and name of each object, with its line. */
  readonly #seen = new Map<string, number>();

  constructor(file: string, namespace: string) {
    this.#source = { kind: "file", file };
    this.#namespace = namespace;
  }

  place(at: Place["at"], path = ""): Place {
    return { source: this.#source, path, ...at && { at } };
  }

  document(tree: Tree): void {
    const kind = textOf(tree, "kind");
    if (kind !== undefined) return this.#object(tree, kind);
    if (tree.kind === "map" && textOf(tree, "apiVersion") === undefined) {
      const isConfig = tree.entries.some(({ key }) =>
        nearestWord(key, CONFIG_MAP_TOP_KEYS) !== undefined
      );
      if (isConfig) {
        this.readCount++;
        this.parts.push(readConfigMap(tree, this.#source));
        return;
      }
      if (childOf(tree, EXCLUDED_INTERFACES_KEY) !== undefined) {
        this.readCount++;
        this.problems.push(...readExcludedInterfaces(tree, this.#source).problems);
        return;
      }
    }
    this.#error(
      tree,
      'Cannot tell what this is: need an object with "apiVersion" and "kind", or a configuration ' +
        'with "address-pools"',
    );
  }

  #object(tree: Tree, kind: string): void {
    const apiVersion = textOf(tree, "apiVersion") ?? "";
    if (kind.endsWith("List") && childOf(tree, "items") !== undefined) return this.#list(tree);
    if (apiVersion === "v1" && kind === "Service") return this.#service(tree);
    if (apiVersion === "v1" && kind === "ConfigMap") return this.#configMap(tree);
    if (apiVersion.startsWith("metallb.io/")) return this.#metallb(tree, kind, apiVersion);
    const own = ["IPAddressPool", "L2Advertisement"].find((each) => each === kind);
    if (own !== undefined) {
      const at = childOf(tree, "apiVersion") ?? tree;
      this.#error(
        at,
        `Cannot read ${own}: need apiVersion "${METALLB_V1BETA1}", have ${quote(apiVersion)}`,
      );
      return;
    }
    this.skippedCount++;
  }

  #list(tree: Tree): void {
    const items = childOf(tree, "items");
    for (const item of items?.kind === "list" ? items.items : []) this.document(item);
  }

  #service(tree: Tree): void {
    const service = SERVICES.parse(jsonObjectOf(tree));
    if (service === undefined || !this.#isFirst(tree, "Service")) return;
    this.readCount++;
    this.services.push({ service, tree, place: this.place(tree.at) });
  }

  #configMap(tree: Tree): void {
    const data = childOf(tree, "data");
    const value = childOf(data, "config");
    const name = textOf(childOf(tree, "metadata"), "name");
    if (name === EXCLUDED_INTERFACES_CONFIG_MAP) return this.#excludedInterfaces(tree);
    const isNamed = name === "config";
    const isMeant = value?.kind === "text" && /^\s*"?address-pools/m.test(value.value);
    if (!isNamed || !this.#isOurs(tree, isMeant ? "warn" : "silent")) {
      this.skippedCount++;
      return;
    }
    if (!this.#isFirst(tree, "ConfigMap")) return;
    this.readCount++;
    if (value === undefined) return this.#noConfigKey(tree, data);
    if (value.kind !== "text") {
      this.#error(value, 'Cannot read data key "config": need a text block; write "config: |"');
      return;
    }
    this.parts.push(parseConfigMap(value.value, this.#source, placedIn(value)));
  }

  /** MetalLB mounts each of its keys as a file; one is read. */
  #excludedInterfaces(tree: Tree): void {
    const value = childOf(childOf(tree, "data"), EXCLUDED_INTERFACES_DATA);
    if (value?.kind !== "text" || !this.#isOurs(tree)) {
      this.skippedCount++;
      return;
    }
    if (!this.#isFirst(tree, "ConfigMap")) return;
    this.readCount++;
    const read = parseExcludedInterfaces(value.value, this.#source, placedIn(value));
    this.problems.push(...read.problems);
  }

  #noConfigKey(tree: Tree, data: Tree | undefined): void {
    const keys = data?.kind === "map" ? data.entries.map(({ key }) => key) : [];
    this.#warning(tree, missingKey(keys));
  }

  #metallb(tree: Tree, kind: string, apiVersion: string): void {
    const known = [...Object.keys(READ_KINDS), ...Object.keys(UNREAD_KINDS)];
    if (!known.includes(kind)) {
      const meant = nearestWord(kind, known);
      const hint = meant === undefined
        ? `known are ${known.join(", ")}`
        : `did you mean "${meant}"`;
      this.#error(
        childOf(tree, "kind") ?? tree,
        `Cannot read kind ${quote(kind)}: not known, ${hint}`,
      );
      return;
    }
    if (!this.#isOurs(tree) || !this.#isFirst(tree, kind)) return;
    this.readCount++;
    const unread = UNREAD_KINDS[kind];
    if (unread !== undefined) return this.#warning(tree, unread);
    const readKind = READ_KINDS[kind];
    if (readKind?.versions.includes(apiVersion)) {
      return this.#resource(tree, kind, (text) => readKind.read(text, apiVersion));
    }
    const at = childOf(tree, "apiVersion") ?? tree;
    const wanted = readKind?.versions.at(-1) ?? METALLB_V1BETA1;
    this.#error(
      at,
      `Cannot read ${kind}: need apiVersion "${wanted}", have ${quote(apiVersion)}`,
    );
  }

  #resource(tree: Tree, kind: string, read: (text: ResourceText) => Parsed): void {
    const meta = parseMeta(jsonObjectOf(tree));
    if (meta.name === "") {
      this.#error(childOf(tree, "metadata") ?? tree, `Cannot use ${kind}: need "metadata.name"`);
    }
    const name = childOf(childOf(tree, "metadata"), "name") ?? tree;
    this.parts.push(read({
      name: meta.name,
      labels: meta.labels,
      source: this.#source,
      spec: childOf(tree, "spec"),
      place: this.place(name.at, "metadata.name"),
      reader: new Reader("manifest"),
    }));
  }

  /** MetalLB's objects count in one namespace only; without one, kubectl decides. */
  #isOurs(tree: Tree, otherwise: "warn" | "silent" = "warn"): boolean {
    const namespace = textOf(childOf(tree, "metadata"), "namespace");
    if (namespace === undefined || namespace === this.#namespace) return true;
    if (otherwise === "silent") return false;
    const what = textOf(tree, "kind");
    this.#warning(
      childOf(childOf(tree, "metadata"), "namespace") ?? tree,
      `${what} has no effect in namespace ${quote(namespace)}: need ${quote(this.#namespace)}`,
    );
    return false;
  }

  #isFirst(tree: Tree, kind: string): boolean {
    const meta = childOf(tree, "metadata");
    const name = textOf(meta, "name") ?? "";
    const key = `${kind} ${textOf(meta, "namespace") ?? ""}/${name}`;
    const earlier = this.#seen.get(key);
    if (earlier !== undefined && name !== "") {
      const at = childOf(meta, "name") ?? tree;
      this.#error(
        at,
        `Cannot use ${kind} ${quote(name)} twice: it stands in line ${earlier} already`,
      );
      return false;
    }
    this.#seen.set(key, tree.at?.line ?? 0);
    return true;
  }

  #error(tree: Tree, message: string): void {
    this.problems.push(problemAt("error", this.place(tree.at), message));
  }

  #warning(tree: Tree, message: string): void {
    this.problems.push(problemAt("warning", this.place(tree.at), message));
  }
}
