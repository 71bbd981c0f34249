import type { Config, Problem } from "../config/config.ts";
import { CONFIGURATION_STATES } from "../config/configuration_state.ts";
import type { Decision } from "../controller/allocate.ts";
import { lookAt } from "../controller/configuration.ts";
import { decide } from "../controller/decide.ts";
import { type Quarantine, quarantineOf } from "../controller/quarantine.ts";
import { ownershipOf } from "../controller/request.ts";
import type { Namespace, Service } from "../kube/types.ts";
import { judgeAll, type Judgement } from "../speaker/desired/desired.ts";
import { endpointNodes } from "../speaker/desired/endpoint_nodes.ts";
import type { OnCordon } from "../speaker/desired/members.ts";
import { leaderOf } from "./leader.ts";
import type { ClusterSnapshot } from "./snapshot.ts";

/** How leader and speakers are started, as far as it decides. */
export interface Rules {
  /** The class that is served; `undefined`: Services without class. */
  readonly lbClass: string | undefined;
  /** @default "keep" */
  readonly onCordon?: OnCordon;
}

/** What leader and speakers make of a cluster. */
export interface Outlook {
  /** What the objects amount to; `undefined` where they are no valid configuration, or there are none. */
  readonly config: Config | undefined;
  /** What is wrong with the objects that configure. */
  readonly problems: readonly Problem[];
  /** By name. */
  readonly namespaces: ReadonlyMap<string, Namespace>;
  /** What each Service of ours shall have, by `namespace/name`. */
  readonly decisions: ReadonlyMap<string, Decision>;
  /** Addresses that strangers use. */
  readonly quarantine: Quarantine;
  /** Who may hold each address that is in the status of a Service of ours, by canonical text. */
  readonly judgements: ReadonlyMap<string, Judgement>;
}

/**
 * Lets leader and speakers decide, by the functions that they decide with. It is what a leader does that begins
 * now. Where the one that leads says that it keeps an earlier configuration in force, nothing is known of that.
 */
export function outlookOf(cluster: ClusterSnapshot, rules: Rules): Outlook {
  const { services } = cluster;
  const { lbClass } = rules;
  const { config, problems } = usedOf(
    cluster,
    lookAt(undefined, cluster.config, services, lbClass),
  );
  const quarantine = quarantineOf(cluster.conflicts);
  const setAside = { quarantine, allowance: { left: Infinity, begun: new Set<string>() } };
  const namespaces = new Map(cluster.namespaces.map((each) => [each.meta.name, each]));
  const { decisions } = decide({ config, services, namespaces, setAside, lbClass, now: "" });
  const ours = services.filter((service) => ownershipOf(service, lbClass) === "ours");
  const judgements = config === undefined ? new Map() : judge(cluster, ours, config, rules);
  return { config, problems, namespaces, decisions, quarantine, judgements };
}

/** The configuration that the objects amount to, unless the leader says that it does not use it. */
function usedOf(
  cluster: ClusterSnapshot,
  { config, problems }: Pick<Outlook, "config" | "problems">,
): Pick<Outlook, "config" | "problems"> {
  const report = cluster.leaderReport;
  const isRefused = config !== undefined && report?.refusal !== undefined &&
    leaderOf(cluster).state === "leads";
  if (!isRefused) return { config, problems };
  const { namespace, name, uid } = report.meta;
  const { apiVersion, kind: objectKind } = CONFIGURATION_STATES;
  const problem: Problem = {
    severity: "error",
    source: { kind: "object", apiVersion, objectKind, namespace, name, uid },
    path: "",
    message: `The leader does not use the configuration as it is written: ${report.refusal}`,
  };
  return { config: undefined, problems: [problem, ...problems] };
}

/** Who may hold the addresses that these Services have, by canonical text. */
export function judge(
  { nodes, presences, endpointSlices }: ClusterSnapshot,
  services: readonly Service[],
  config: Config,
  { onCordon = "keep" }: Rules,
): ReadonlyMap<string, Judgement> {
  const endpoints = endpointNodes(services, endpointSlices);
  return judgeAll({ config, services, nodes, presences, endpoints, onCordon });
}
