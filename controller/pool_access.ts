import type { Pool, ServiceAllocation } from "../config/config.ts";
import { matches, matchesAny } from "../config/select.ts";
import type { Refusal } from "./refusal.ts";

type Labels = Readonly<Record<string, string>>;

/** A Service as `serviceAllocation` of a pool looks at it. */
export interface Applicant {
  readonly namespace: string;
  /** Labels of its Namespace; `undefined` while that is not seen. */
  readonly namespaceLabels: Labels | undefined;
  /** Its own labels. */
  readonly labels: Labels;
}

/**
 * Whether a pool is for a Service: both its namespace and its labels must be allowed (MetalLB: "compatible").
 * Selectors that match no namespace allow none, unlike in MetalLB, where such a pool is open to whoever asks for it.
 *
 * While the Namespace is not seen its labels count as those wanted: nobody loses an address for what is not known.
 */
export function isOpenTo(pool: Pool, applicant: Applicant): boolean {
  return isOpenToNamespace(pool, applicant) && isOpenToLabels(pool, applicant);
}

/** The half of `isOpenTo` that is the same for all Services of a namespace. */
export function isOpenToNamespace(
  { serviceAllocation }: Pool,
  { namespace, namespaceLabels }: Omit<Applicant, "labels">,
): boolean {
  const { namespaces = [], namespaceSelectors = [] } = serviceAllocation ?? {};
  if (namespaces.length === 0 && namespaceSelectors.length === 0) return true;
  if (namespaces.includes(namespace)) return true;
  return namespaceLabels === undefined
    ? namespaceSelectors.length > 0
    : namespaceSelectors.some((selector) => matches(selector, namespaceLabels));
}

/** The other half. */
export function isOpenToLabels(
  { serviceAllocation }: Pool,
  { labels }: Pick<Applicant, "labels">,
): boolean {
  return matchesAny(serviceAllocation?.serviceSelectors ?? [], labels);
}

/** Why a pool is not for a Service; `undefined` where it is. */
export function accessRefusal(pool: Pool, applicant: Applicant): Refusal | undefined {
  const { serviceAllocation } = pool;
  if (serviceAllocation === undefined) return undefined;
  const hasNamespace = isOpenToNamespace(pool, applicant);
  const hasLabels = isOpenToLabels(pool, applicant);
  if (hasNamespace && hasLabels) return undefined;
  const faults = [
    ...(hasNamespace ? [] : [namespaceFault(pool.name, serviceAllocation, applicant)]),
    ...(hasLabels ? [] : [labelFault(pool.name)]),
  ];
  return {
    kind: "pool-not-for-service",
    message: `pool ${pool.name} not compatible for ip assignment: ` +
      faults.map(({ message }) => message).join(", and "),
    remedy: faults.map(({ remedy }) => remedy).join("; and "),
  };
}

interface Fault {
  readonly message: string;
  readonly remedy: string;
}

function namespaceFault(
  pool: string,
  { namespaceSelectors }: ServiceAllocation,
  { namespace }: Applicant,
): Fault {
  const label = `label namespace "${namespace}" so that "namespaceSelectors" of pool "${pool}" ` +
    "select it, or ";
  return {
    message: `its serviceAllocation is not for namespace "${namespace}"`,
    remedy: (namespaceSelectors.length > 0 ? label : "") +
      `add "${namespace}" to "namespaces" of pool "${pool}"`,
  };
}

function labelFault(pool: string): Fault {
  return {
    message: 'its "serviceSelectors" do not select the Service',
    remedy: `label the Service so that "serviceSelectors" of pool "${pool}" select it`,
  };
}
