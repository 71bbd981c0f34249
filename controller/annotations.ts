/** Annotation that limits a Service to one pool. */
export const ADDRESS_POOL = "metallb.io/address-pool";
/** Annotation that names the wanted addresses: one, or one of each family, separated by a comma. */
export const LOAD_BALANCER_IPS = "metallb.io/loadBalancerIPs";
/** Annotation whose equal values let Services share an address. */
export const ALLOW_SHARED_IP = "metallb.io/allow-shared-ip";
/** Output: the pool of the assigned address, written together with the status. */
export const ALLOCATED_FROM_POOL = "metallb.io/ip-allocated-from-pool";
/**
 * Output: the sharing terms (key, selector, ports) on which a Service with a sharing key holds its address.
 * When users of one address no longer agree, whoever's terms differ from its record made the change and
 * gives way; the others stay undisturbed, also after a restart.
 */
export const SHARED_AS = "lanlord.dev/shared-as";

/** The annotations that a Service may carry by either prefix. */
export type InputAnnotation =
  | typeof ADDRESS_POOL
  | typeof LOAD_BALANCER_IPS
  | typeof ALLOW_SHARED_IP;

type Annotations = Readonly<Record<string, string>>;

const PREFIX = "metallb.io/";
const LEGACY_PREFIX = "metallb.universe.tf/";

/** The name that MetalLB used before 0.14.9: `metallb.universe.tf/…`. */
export function legacyName(name: InputAnnotation): string {
  return name.replace(PREFIX, LEGACY_PREFIX);
}

/** The old names that are there, sorted, each with the one to use instead, and whether that is there, too. */
export function legacyNamesIn(
  annotations: Annotations,
): readonly { readonly name: string; readonly current: string; readonly isIgnored: boolean }[] {
  return Object.keys(annotations).filter((name) => name.startsWith(LEGACY_PREFIX)).toSorted()
    .map((name) => {
      const current = name.replace(LEGACY_PREFIX, PREFIX);
      return { name, current, isIgnored: current in annotations };
    });
}

/**
 * The value that counts: the `metallb.io/` name wins where present, even if empty (as in MetalLB).
 * Empty means not set.
 */
export function readAnnotation(annotations: Annotations, name: InputAnnotation): string {
  return annotations[name] ?? annotations[legacyName(name)] ?? "";
}
