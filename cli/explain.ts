import { nearestWord } from "../config/mod.ts";
import {
  type Matter,
  type NodeVerdict,
  nodeVerdicts,
  type Verdict,
  verdictOf,
} from "../explain/mod.ts";
import { ownershipOf } from "../controller/mod.ts";
import { keyOf, type Service } from "../kube/mod.ts";
import type { Command, FlagValues } from "./command.ts";
import { inspect, INSPECTION_FLAGS } from "./inspection.ts";
import { verdictJson, type VerdictListJson } from "./explain_json.ts";
import { unreadLines, verdictList, verdictText } from "./explain_text.ts";
import { NAMESPACE_NAME } from "./flags.ts";
import { type Io, UsageError } from "./io.ts";
import { marksFor } from "./marks.ts";
import { readFileOrStdin, type ReadText } from "./text_file.ts";

/** `lanlord explain [SERVICE]`: why a Service has no address, or who announces it. */
export const EXPLAIN: Command = explainCommand(readFileOrStdin);

/** The command on any source of texts. */
export function explainCommand(readText: ReadText): Command {
  return {
    spec: {
      name: "explain",
      summary:
        "Say why a Service has no address, or why nobody announces it: gate by gate, and what would help.\n" +
        "Without SERVICE: all that are not satisfied. Exit code 0 when all is well, 1 when not, 2 when\n" +
        "the cluster cannot be read.",
      positionals: "[SERVICE]",
      flags: [
        {
          name: "service-namespace",
          short: "n",
          value: "NAME",
          text: 'Where the Service is; else "default", or all without SERVICE',
          form: NAMESPACE_NAME,
        },
        ...INSPECTION_FLAGS,
        {
          name: "output",
          short: "o",
          value: "FORMAT",
          text: "How to print it",
          choices: ["text", "json"],
          fallback: "text",
        },
      ],
      examples: [
        ["lanlord explain -n shop web", "why has shop/web no address?"],
        ["lanlord explain", "every Service that is not satisfied, with the reason"],
        [
          "kubectl get svc,nodes,ns,endpointslices,leases,configmaps,ipaddresspools,l2advertisements,servicel2statuses -A -o yaml | lanlord explain -f - shop/web",
          "the same from an export, wherever it was made",
        ],
      ],
    },
    run: async (flags, io) => {
      const wanted = wantedOf(flags);
      const matter = await inspect(flags, { io, readText });
      return wanted.name === undefined
        ? explainAll(matter, wanted.namespace, flags, io)
        : explainOne(matter, `${wanted.namespace ?? "default"}/${wanted.name}`, flags, io);
    },
  };
}

interface Wanted {
  readonly namespace: string | undefined;
  readonly name: string | undefined;
}

function wantedOf({ positionals, get }: FlagValues): Wanted {
  const namespace = get("service-namespace");
  const [written, second] = positionals;
  if (second !== undefined) {
    throw new UsageError(`Unexpected argument "${second}": explain takes one SERVICE at most`);
  }
  const parts = written?.split("/") ?? [];
  if (parts.length < 2) return { namespace, name: written };
  const [own = "", name = ""] = parts;
  if (parts.length > 2 || own === "" || name === "") {
    throw new UsageError(`SERVICE "${written}": want NAME or NAMESPACE/NAME`);
  }
  if (namespace !== undefined && namespace !== own) {
    throw new UsageError(`SERVICE "${written}" is not in namespace "${namespace}" of -n`);
  }
  return { namespace: own, name };
}

function explainOne(matter: Matter, key: string, flags: FlagValues, io: Io): number {
  const service = findService(matter, key);
  const verdict = verdictOf(matter, service);
  const { judgements } = matter.outlook;
  const nodesOf = (address: string): readonly NodeVerdict[] => {
    const judgement = judgements.get(address);
    return judgement === undefined ? [] : nodeVerdicts(judgement);
  };
  const { unread } = matter.cluster;
  if (flags.get("output") === "json") {
    io.stdout(JSON.stringify({ ...verdictJson(verdict, nodesOf), unread }, undefined, 2));
  } else {
    for (const line of verdictText(verdict, nodesOf, marksFor(io))) io.stdout(line);
    for (const line of unreadLines(unread)) io.stdout(line);
  }
  return verdict.isSatisfied ? 0 : 1;
}

/** @throws UsageError where there is none, with the one that may be meant */
function findService({ cluster }: Matter, key: string): Service {
  const found = cluster.services.find(({ meta }) => keyOf(meta) === key);
  if (found !== undefined) return found;
  const keys = cluster.services.map(({ meta }) => keyOf(meta));
  const meant = nearestWord(key, keys) ??
    keys.find((other) => other.endsWith(`/${key.slice(key.indexOf("/") + 1)}`));
  const hint = meant === undefined ? "" : `: did you mean "${meant}"?`;
  throw new UsageError(`Service "${key}" is not there${hint}`);
}

function explainAll(
  matter: Matter,
  namespace: string | undefined,
  flags: FlagValues,
  io: Io,
): number {
  const { cluster: { services, unread }, rules: { lbClass } } = matter;
  const ours = services.filter((service) =>
    ownershipOf(service, lbClass) === "ours" &&
    (namespace === undefined || service.meta.namespace === namespace)
  );
  const verdicts = ours.map((service) => verdictOf(matter, service));
  const unsatisfied = verdicts.filter(({ isSatisfied }) => !isSatisfied)
    .toSorted((a, b) => a.service < b.service ? -1 : 1);
  if (flags.get("output") === "json") {
    const list: VerdictListJson = {
      services: unsatisfied.map((verdict) => verdictJson(verdict)),
      checked: ours.length,
      unread,
    };
    io.stdout(JSON.stringify(list, undefined, 2));
  } else {
    for (const line of listLines(unsatisfied, ours.length)) io.stdout(line);
    for (const line of unreadLines(unread)) io.stdout(line);
  }
  return unsatisfied.length === 0 ? 0 : 1;
}

function listLines(unsatisfied: readonly Verdict[], checked: number): readonly string[] {
  const counted = `${checked} Service${checked === 1 ? "" : "s"} of type LoadBalancer`;
  if (unsatisfied.length === 0) return [`${counted}: nothing is wrong with any`];
  return [...verdictList(unsatisfied), "", `${counted}, ${unsatisfied.length} not satisfied`];
}
