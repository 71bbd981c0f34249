import {
  CONFIGURATION_NODE_LABEL,
  CONFIGURATION_ROLE_LABEL,
} from "../../../config/configuration_state.ts";
import { CONFLICTS_ANNOTATION, PRESENCE_LABEL } from "../../../config/presence.ts";
import {
  ADDRESS_POOL,
  ALLOCATED_FROM_POOL,
  ALLOW_SHARED_IP,
  type InputAnnotation,
  legacyName,
  LOAD_BALANCER_IPS,
  SHARED_AS,
} from "../../../controller/annotations.ts";
import { ADDRESS_CONDITION } from "../../../controller/condition.ts";
import { CONFLICT_CONDITION } from "../../../controller/conflict_condition.ts";
import { INTERFACES_ANNOTATION } from "../../../speaker/desired/presence_lease.ts";
import { NAME_LABEL, NAMESPACE_LABEL, NODE_LABEL } from "../../../speaker/told/l2_status.ts";
import { code, GENERATED, table } from "./markdown.ts";

type Entry = readonly [name: string, kind: "annotation" | "condition" | "label", text: string];

const READ: readonly (readonly [InputAnnotation, string])[] = [
  [LOAD_BALANCER_IPS, "the wanted address, or one of each family, separated by a comma"],
  [ADDRESS_POOL, "the pool to take it from"],
  [ALLOW_SHARED_IP, "Services with equal values may share an address, if their ports differ"],
];

const SERVICE: readonly Entry[] = [
  [ALLOCATED_FROM_POOL, "annotation", "the pool of the address"],
  [SHARED_AS, "annotation", "on which terms a shared address is held"],
  [
    ADDRESS_CONDITION,
    "condition",
    "`False` with [the reason](../reference.md#the-gates), and what would help, when something asked " +
    "for is not given",
  ],
  [
    CONFLICT_CONDITION,
    "condition",
    "`True` while it has an address that " +
    "[somebody else uses](../configuration.md#addresses-that-somebody-else-uses), with why it stays " +
    "there as the reason: `RequestedByName`, `SharedAddress`, `NothingFree`, `MoveDelayed`, " +
    "`RequestNotUnderstood`",
  ],
];

const LEASE: readonly Entry[] = [
  [PRESENCE_LABEL, "label", "on every such Lease, and on no other"],
  [
    INTERFACES_ANNOTATION,
    "annotation",
    "the node's interfaces, their MACs and subnets: who is a node and who is not",
  ],
  [
    CONFLICTS_ANNOTATION,
    "annotation",
    "addresses that somebody else uses, as the node sees it: " +
    '`{"conflicts":[{"address","mac","interface","since","over"}],"more"}`. `over` is since when nobody ' +
    "answers any more; the newest 64, and in `more` how many there are besides; absent where there are none",
  ],
];

const STATUS: readonly Entry[] = [
  [NODE_LABEL, "label", "ServiceL2Status: the node; of a name longer than 63 characters, a hash"],
  [NAME_LABEL, "label", "ServiceL2Status: the Service's name"],
  [NAMESPACE_LABEL, "label", "ServiceL2Status: the Service's namespace"],
  [CONFIGURATION_NODE_LABEL, "label", "ConfigurationState of a speaker: its node"],
  [CONFIGURATION_ROLE_LABEL, "label", "ConfigurationState: `controller` or `speaker`"],
];

/** The page of all annotations, labels and conditions, as Markdown, not yet formatted. */
export function annotationsPage(): string {
  return [
    GENERATED,
    "# Annotations, labels and conditions",
    "## You write on a Service",
    "Besides `spec.loadBalancerIP`, the wanted address, and `spec.loadBalancerClass`, see " +
    "[`--lb-class`](flags.md#lanlord-leader).",
    table([
      ["annotation", "also as", ""],
      ...READ.map(([name, text]) => [code(name), code(legacyName(name)), text]),
    ]),
    "## The leader writes on a Service",
    entries(SERVICE),
    "## A speaker writes on its Lease",
    "The Lease `lanlord-speaker-NODE` in Lanlord's namespace. It is written when something changes, " +
    "conflicts at most once a second, and never renewed.",
    entries(LEASE),
    "## On objects of MetalLB's kinds",
    "With MetalLB's names, for its tools.",
    entries(STATUS),
  ].join("\n\n");
}

function entries(rows: readonly Entry[]): string {
  return table([["name", "is", ""], ...rows.map(([name, kind, text]) => [code(name), kind, text])]);
}
