/**
 * From the configuration of other load balancers to ours: MetalLB's ConfigMap, kube-vip, PureLB and k3s' ServiceLB are
 * read from exported objects, and become custom resources and requests of Services, so that every Service goes on with
 * the addresses that it has. Knows those programs' objects; knows nothing of the API server or of the network.
 *
 * @example
 * ```ts
 * import { convert, readObjects } from "./mod.ts";
 * const text = "address-pools: [{ name: lan, protocol: layer2, addresses: [192.168.0.0/28] }]";
 * const conversion = convert([readObjects("config.yaml", text)], {});
 * if (conversion.kind !== "converted" || conversion.objects.length !== 2) throw new Error("two objects");
 * ```
 */
export { formatCommand } from "./commands.ts";
export { type Conversion, convert, type Converted, type ConvertOptions } from "./convert.ts";
export { formatNote, type Note } from "./note.ts";
export { type Found, type FoundObject, readObjects } from "./objects.ts";
export { writeYaml } from "./yaml_text.ts";
