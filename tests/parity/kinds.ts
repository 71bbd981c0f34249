import { parse } from "yaml";
import type { Json, Kube } from "../../kube/mod.ts";
import { eventually } from "../eventually.ts";

const CRDS = "/apis/apiextensions.k8s.io/v1/customresourcedefinitions";
const LIMIT_MS = 30_000;

/**
 * Makes MetalLB's custom kinds known, and resolves when they are served.
 *
 * @param folder whose files each have one definition
 */
export async function installKinds(kube: Kube, folder: URL = OURS): Promise<void> {
  for await (const { name } of Deno.readDir(folder)) {
    const body: Json = parse(await Deno.readTextFile(new URL(name, folder)));
    await kube.request({ method: "POST", path: CRDS, body }, AbortSignal.timeout(LIMIT_MS));
  }
  await eventually("IPAddressPools to be served", LIMIT_MS / 1000, async () => {
    const call = { method: "GET", path: "/apis/metallb.io/v1beta1/ipaddresspools" } as const;
    return await kube.request(call, AbortSignal.timeout(LIMIT_MS)).catch(() => undefined);
  });
}

const OURS = new URL("../../deploy/crds/", import.meta.url);
