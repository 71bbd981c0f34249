import { METALLB_V1BETA2 } from "../config/bgp_custom.ts";
import { METALLB_V1BETA1 } from "../config/custom.ts";
import type { Json, JsonObject } from "../kube/types.ts";

/** What the objects of one conversion have in common. */
export interface Origin {
  readonly namespace: string;
  readonly labels: Readonly<Record<string, string>>;
}

/** A kind of MetalLB's group. */
export type ResourceKind =
  | "IPAddressPool"
  | "L2Advertisement"
  | "BGPAdvertisement"
  | "BGPPeer"
  | "BFDProfile"
  | "Community";

/** A custom resource to apply; keys of the spec whose value is `undefined` are left out. */
export function resourceOf(
  kind: ResourceKind,
  name: string,
  { namespace, labels }: Origin,
  spec: Readonly<Record<string, Json | undefined>>,
): JsonObject {
  const isLabelled = Object.keys(labels).length > 0;
  return {
    apiVersion: kind === "BGPPeer" ? METALLB_V1BETA2 : METALLB_V1BETA1,
    kind,
    metadata: { namespace, name, ...isLabelled && { labels } },
    spec: present(spec),
  };
}

/** The object without the keys whose value is `undefined`. */
export function present(values: Readonly<Record<string, Json | undefined>>): JsonObject {
  return Object.fromEntries(
    Object.entries(values).flatMap(([key, value]) => value === undefined ? [] : [[key, value]]),
  );
}

/** Labels by which another program knows what is its own: a copy would say so of the new objects. */
const OWNERSHIP_LABELS =
  /^(app\.kubernetes\.io\/managed-by$|helm\.sh\/|argocd\.argoproj\.io\/|(kustomize|helm)\.toolkit\.fluxcd\.io\/|objectset\.rio\.cattle\.io\/)/;

/** The labels that new objects may have from the one that they replace. */
export function labelsToKeep(
  labels: Readonly<Record<string, string>>,
): Readonly<Record<string, string>> {
  return Object.fromEntries(Object.entries(labels).filter(([key]) => !OWNERSHIP_LABELS.test(key)));
}
