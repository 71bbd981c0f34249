import { parseAllDocuments } from "yaml";
import { ROOT } from "../source.ts";

/** The part of a container's securityContext (core/v1) that the manifest uses. */
export interface SecurityContext {
  readonly runAsUser?: number;
  readonly runAsGroup?: number;
  readonly runAsNonRoot?: boolean;
  readonly allowPrivilegeEscalation?: boolean;
  readonly readOnlyRootFilesystem?: boolean;
  readonly capabilities?: {
    readonly add?: readonly string[];
    readonly drop?: readonly string[];
  };
  readonly seccompProfile?: { readonly type: string };
}

/** What the manifest says of the one container of a role. */
export interface Pod {
  readonly image: string;
  readonly args: readonly string[];
  /** The variables with a value of their own; those of the pod's metadata are not among them. */
  readonly env: Readonly<Record<string, string>>;
  /** The container's, where it says nothing the pod's. */
  readonly security: SecurityContext;
}

interface Container {
  readonly image: string;
  readonly args: readonly string[];
  readonly env?: readonly { readonly name: string; readonly value?: string }[];
  readonly securityContext?: SecurityContext;
}

interface Workload {
  readonly kind: string;
  readonly spec: {
    readonly template: {
      readonly spec: {
        readonly securityContext?: SecurityContext;
        readonly containers: readonly Container[];
      };
    };
  };
}

const KINDS = { leader: "Deployment", speaker: "DaemonSet" } as const;

/** Reads `deploy/lanlord.yaml`. @throws Error when it has not exactly one container for the role */
export async function podOf(role: "leader" | "speaker"): Promise<Pod> {
  const text = await Deno.readTextFile(`${ROOT}deploy/lanlord.yaml`);
  const documents = parseAllDocuments(text).map((document): Workload => document.toJS());
  const [workload, ...others] = documents.filter(({ kind }) => kind === KINDS[role]);
  const pod = workload?.spec.template.spec;
  const [container, ...more] = pod?.containers ?? [];
  if (pod === undefined || container === undefined || others.length + more.length > 0) {
    throw new Error(`Cannot find the container of the ${role}: want one ${KINDS[role]} with one`);
  }
  return {
    image: container.image,
    args: container.args,
    env: Object.fromEntries(
      (container.env ?? []).flatMap(({ name, value }) =>
        value === undefined ? [] : [[name, value]]
      ),
    ),
    security: { ...pod.securityContext, ...container.securityContext },
  };
}
