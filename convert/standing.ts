import { readAddressEntry } from "../config/addresses.ts";
import { quote } from "../config/tree.ts";
import { objectAt, stringAt, stringsAt } from "../kube/json.ts";
import type { JsonObject } from "../kube/types.ts";
import type { Reserved } from "./disjoint.ts";
import type { FoundObject } from "./objects.ts";
import { nodeAddresses } from "./service_lb.ts";

/** What IPAddressPools have that stay as they are. */
export function fixedRanges(objects: readonly JsonObject[]): readonly Reserved[] {
  return objects.filter((object) => object["kind"] === "IPAddressPool").flatMap((object) => {
    const owner = `IPAddressPool ${quote(stringAt(objectAt(object, "metadata"), "name") ?? "")}`;
    return stringsAt(objectAt(object, "spec"), "addresses").flatMap((text) => {
      const read = readAddressEntry(text);
      return read.kind === "range" ? [{ range: read.range, owner }] : [];
    });
  });
}

/** The addresses of the Nodes: a pool that has them would give them away. */
export function reservedRanges(objects: readonly FoundObject[]): readonly Reserved[] {
  return nodeAddresses(objects).map(({ node, address: { family, value } }) => ({
    range: { family, first: value, last: value },
    owner: `Node ${quote(node)}`,
  }));
}
