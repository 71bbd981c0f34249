import { parse } from "yaml";
import { isObject } from "../../kube/json.ts";
import type { Kube } from "../../kube/mod.ts";
import type { JsonObject } from "../../kube/types.ts";
import { eventually } from "../../tests/eventually.ts";
import { NAMESPACE, post } from "./api_objects.ts";

const RESOURCES = `/apis/metallb.io/v1beta1/namespaces/${NAMESPACE}`;

/** What the pool is called, and its advertisement. */
export const POOL_NAME = "p";

/**
 * Makes a pool and its advertisement as MetalLB's custom resources.
 *
 * @param folder of the custom resource definitions
 * @param addresses of the pool: a prefix, or a range
 */
export async function createResources(
  kube: Kube,
  folder: string,
  addresses: string,
): Promise<void> {
  for await (const { name } of Deno.readDir(folder)) {
    const crd: unknown = parse(await Deno.readTextFile(`${folder}/${name}`));
    await post(kube, "/apis/apiextensions.k8s.io/v1/customresourcedefinitions", objectOf(crd));
  }
  const named = { metadata: { name: POOL_NAME, namespace: NAMESPACE } };
  await eventually("MetalLB's resources to be served", 30, async () => {
    const path = `${RESOURCES}/l2advertisements`;
    const call = kube.request({ method: "GET", path }, AbortSignal.timeout(5_000));
    return await call.then(() => true, () => undefined);
  });
  const create = (kind: string, plural: string, spec: JsonObject): Promise<void> =>
    post(kube, `${RESOURCES}/${plural}`, {
      apiVersion: "metallb.io/v1beta1",
      kind,
      ...named,
      spec,
    });
  await create("IPAddressPool", "ipaddresspools", { addresses: [addresses] });
  await create("L2Advertisement", "l2advertisements", {});
}

function objectOf(value: unknown): JsonObject {
  const json = JSON.parse(JSON.stringify(value));
  if (!isObject(json)) throw new SyntaxError("Cannot read a custom resource definition");
  return json;
}
