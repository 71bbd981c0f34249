import type { GateName } from "../controller/gate.ts";
import { conditionOf } from "../controller/condition.ts";
import { heldBy, ownershipOf } from "../controller/request.ts";
import { formatIp } from "../ip/address.ts";
import { keyOf } from "../kube/resource.ts";
import type { Service } from "../kube/types.ts";
import { announcementGates, announcerOf } from "./announcement_gates.ts";
import { assignmentGate, decisionGates } from "./assignment_gates.ts";
import { ANNOUNCEMENT_GATES, type AnnouncementGate, type Gate, notReached } from "./gate.ts";
import type { Matter } from "./matter.ts";

/** Why a Service has its addresses, or has none; and whether somebody answers for them. */
export interface Verdict {
  /** `namespace/name`. */
  readonly service: string;
  /** It has its addresses, and no gate failed. What is not known is not held against it then. */
  readonly isSatisfied: boolean;
  /** The gate at which it is not satisfied; those of its addresses come after those of the leader. */
  readonly failsAt?: Gate["gate"];
  /** The first thing that is wrong and what would help, or that all is well; one line. */
  readonly summary: string;
  /** Those of the leader: which addresses it shall have, and whether it has them. */
  readonly assignment: readonly Gate<GateName | "assignment">[];
  /** Of each address in its status, in order. */
  readonly addresses: readonly AddressVerdict[];
}

/** Whether somebody answers for one address. */
export interface AddressVerdict {
  /** Canonical text. */
  readonly address: string;
  /** Absent where no pool has it. */
  readonly pool?: string;
  /** The Services that have it besides, as `namespace/name`. */
  readonly sharedWith: readonly string[];
  readonly announcement: readonly Gate<AnnouncementGate>[];
  /** The node that says that it announces it. */
  readonly owner?: string;
  /** RFC 3339. */
  readonly ownerSince?: string;
}

/** Judges one Service, gate by gate. */
export function verdictOf(matter: Matter, service: Service): Verdict {
  const assignment = [...decisionGates(matter, service), assignmentGate(matter, service)];
  const isOurs = ownershipOf(service, matter.rules.lbClass) === "ours";
  const addresses = isOurs ? addressVerdicts(matter, service) : [];
  const gates: readonly Gate[] = [
    ...assignment,
    ...addresses.flatMap(({ announcement }) => announcement),
  ];
  const failed = gates.find(({ result }) => result === "fail") ??
    (hasAddresses(gates) ? undefined : gates.find(({ result }) => result === "unknown"));
  return {
    service: keyOf(service.meta),
    isSatisfied: failed === undefined,
    ...failed === undefined ? {} : { failsAt: failed.gate },
    summary: failed === undefined
      ? satisfiedText(gates, addresses)
      : failedText(matter, service, failed),
    assignment,
    addresses,
  };
}

function hasAddresses(gates: readonly Gate[]): boolean {
  return gates.some(({ gate, result }) => gate === "assignment" && result === "pass");
}

function addressVerdicts(matter: Matter, service: Service): readonly AddressVerdict[] {
  return heldBy(service).flatMap((held) => {
    const address = formatIp(held);
    const judgement = matter.outlook.judgements.get(address);
    if (judgement === undefined) return toldOf(matter, service, address);
    const announcer = announcerOf(matter, service, judgement);
    const pool = judgement.announced?.pool;
    return [{
      address,
      ...pool === undefined ? {} : { pool },
      sharedWith: judgement.assignment.services.map(({ meta }) => keyOf(meta))
        .filter((key) => key !== keyOf(service.meta)),
      announcement: announcementGates(matter, { address, service, judgement, announcer }),
      ...announcer === undefined ? {} : { owner: announcer.node, ownerSince: announcer.since },
    }];
  });
}

/** Of an address that nothing can be judged of without a configuration: whoever tells that it announces it. */
function toldOf(
  { cluster, outlook }: Matter,
  service: Service,
  address: string,
): readonly AddressVerdict[] {
  const [first] = heldBy(service);
  const announcer = cluster.announcers.get(keyOf(service.meta));
  const isFirst = first !== undefined && formatIp(first) === address;
  if (outlook.config !== undefined || announcer === undefined || !isFirst) return [];
  const { node: owner, since: ownerSince } = announcer;
  const found = ownerSince === "" ? owner : `${owner}, since ${ownerSince}`;
  const announcement = ANNOUNCEMENT_GATES.map((gate): Gate<AnnouncementGate> =>
    gate === "owner" ? { gate, result: "pass", found } : notReached(gate)
  );
  return [{ address, sharedWith: [], announcement, owner, ownerSince }];
}

/** The words of the Service's condition, where the leader refuses something. */
function failedText(matter: Matter, service: Service, { found, cure, reason }: Gate): string {
  const decision = matter.outlook.decisions.get(keyOf(service.meta));
  const condition = decision && conditionOf(decision, service, "");
  if (condition?.status === "False" && condition.reason === reason) return condition.message;
  return cure === undefined ? found : `${found}; to solve it: ${cure}`;
}

function satisfiedText(gates: readonly Gate[], addresses: readonly AddressVerdict[]): string {
  const has = gates.find(({ gate }) => gate === "assignment")?.found ?? "";
  const owners = addresses.flatMap(({ owner, ownerSince }) =>
    owner === undefined ? [] : [ownerSince === "" ? owner : `${owner} since ${ownerSince}`]
  );
  return owners.length === 0 ? has : `${has}, announced by ${[...new Set(owners)].join(" and ")}`;
}
