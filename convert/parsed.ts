import {
  parseBfdProfile,
  parseBgpAdvertisement,
  parseBgpPeer,
  parseCommunityObject,
} from "../config/bgp_custom.ts";
import { parseIpAddressPool, parseL2Advertisement } from "../config/custom.ts";
import type { Parsed } from "../config/draft.ts";
import { parseMeta } from "../kube/resources.ts";
import type { CustomResource, JsonObject } from "../kube/types.ts";

const PARSE: Readonly<Record<string, (object: CustomResource) => Parsed>> = {
  IPAddressPool: parseIpAddressPool,
  L2Advertisement: parseL2Advertisement,
  BGPAdvertisement: parseBgpAdvertisement,
  BGPPeer: parseBgpPeer,
  BFDProfile: parseBfdProfile,
  Community: parseCommunityObject,
};

/** What custom resources say, read as the leader reads them; other objects say nothing. */
export function parseResources(objects: readonly JsonObject[]): readonly Parsed[] {
  return objects.flatMap((object) => {
    const parse = PARSE[String(object["kind"])];
    return parse === undefined ? [] : [parse({ meta: parseMeta(object), spec: object["spec"] })];
  });
}
