import type { Service } from "../kube/types.ts";
import { ALLOW_SHARED_IP, readAnnotation } from "./annotations.ts";

/** On which terms a Service would share an address with others. */
export interface SharingTerms {
  /** Value of `metallb.io/allow-shared-ip`; empty: shares with nobody. */
  readonly key: string;
  /** The selector as `k=v,…` in order of key where externalTrafficPolicy is Local, else empty. */
  readonly backend: string;
  /** `TCP/80`, sorted: what can be used once per address. */
  readonly ports: readonly string[];
}

/** The terms that a Service states. */
export function sharingTermsOf(service: Service): SharingTerms {
  return {
    key: readAnnotation(service.meta.annotations, ALLOW_SHARED_IP),
    backend: service.externalTrafficPolicy === "Local" ? selectorText(service.selector) : "",
    ports: service.ports.map((port) => `${port.protocol}/${port.port}`).toSorted(),
  };
}

/**
 * Whether keys and backends allow sharing; ports are another question.
 * MetalLB's rule: equal keys, not empty, and equal backends. So Cluster shares with Cluster, Local with Local
 * of the same selector. The namespace does not matter.
 */
export function areKeysCompatible(
  a: Pick<SharingTerms, "key" | "backend">,
  b: Pick<SharingTerms, "key" | "backend">,
): boolean {
  return a.key !== "" && a.key === b.key && a.backend === b.backend;
}

/** The terms as one text, to record and to compare; `undefined` where nothing is shared. */
export function sharingTermsText(terms: SharingTerms): string | undefined {
  if (terms.key === "") return undefined;
  return `${terms.ports.join(",")};${terms.backend};${terms.key}`;
}

function selectorText(selector: Readonly<Record<string, string>>): string {
  return Object.entries(selector).map(([key, value]) => `${key}=${value}`).toSorted().join(",");
}
