import type { Pod } from "./pods.ts";

/** A condition on an argument of a system call (OCI runtime specification, Linux seccomp). */
export interface SeccompArgument {
  readonly index: number;
  readonly value: number;
  readonly op: string;
}

/** A seccomp profile (OCI runtime specification, Linux seccomp). */
export interface Seccomp {
  readonly defaultAction: string;
  readonly defaultErrnoRet?: number;
  readonly syscalls: readonly {
    readonly names: readonly string[];
    readonly action: string;
    readonly args?: readonly SeccompArgument[];
  }[];
}

/** A bind mount. */
export interface Mount {
  readonly source: string;
  readonly destination: string;
  readonly options: "ro" | "rw";
}

/** What of a container's specification is read and changed here; the rest is carried along. */
export interface RuntimeSpec {
  readonly process: Readonly<Record<string, unknown>>;
  readonly mounts: readonly Readonly<Record<string, unknown>>[];
  readonly linux: {
    readonly seccomp?: Seccomp;
    readonly namespaces: readonly { readonly type: string; readonly path?: string }[];
  };
}

/** What an image says about how it is run (OCI image specification, config). */
export interface ImageConfig {
  readonly User: string;
  readonly Env: readonly string[];
  readonly Entrypoint: readonly string[];
}

/** What the pod is on this machine. */
export interface Surroundings {
  readonly rootfs: string;
  /** The network namespace, as a path: the node's own, where the pod has hostNetwork. */
  readonly network: string;
  readonly mounts: readonly Mount[];
  readonly env: Readonly<Record<string, string>>;
  /** Arguments behind the pod's. */
  readonly args: readonly string[];
}

/**
 * The specification of a pod's container, as kubelet and containerd make it: capabilities are in the bounding,
 * permitted and effective sets, whoever the user is, and none is inheritable or ambient.
 *
 * @param base containerd's defaults, with its default seccomp profile
 * @throws Error where kubelet would refuse to start the container
 */
export function runtimeSpec(
  pod: Pod,
  image: ImageConfig,
  base: RuntimeSpec,
  at: Surroundings,
): RuntimeSpec & { readonly root: { readonly path: string; readonly readonly: boolean } } {
  const { security } = pod;
  const user = security.runAsUser ?? Number(image.User.split(":")[0]);
  if (security.runAsNonRoot && user === 0) throw new Error("The container would run as root");
  const granted = capabilitiesOf(pod);
  const env = Object.entries({ ...pod.env, ...at.env }).map(([name, value]) => `${name}=${value}`);
  const { seccomp, ...linux } = base.linux;
  return {
    ...base,
    root: { path: at.rootfs, readonly: security.readOnlyRootFilesystem ?? false },
    process: {
      ...base.process,
      args: [...image.Entrypoint, ...pod.args, ...at.args],
      env: [...image.Env, ...env],
      user: { uid: user, gid: groupOf(pod, image) },
      capabilities: { bounding: granted, effective: granted, permitted: granted },
      noNewPrivileges: security.allowPrivilegeEscalation === false,
    },
    mounts: [
      ...base.mounts,
      ...at.mounts.map(({ source, destination, options }) => ({
        source,
        destination,
        type: "bind",
        options: ["bind", options],
      })),
    ],
    linux: {
      ...linux,
      ...security.seccompProfile?.type === "RuntimeDefault" && seccomp ? { seccomp } : {},
      namespaces: linux.namespaces.map((one) =>
        one.type === "network" ? { type: "network", path: at.network } : one
      ),
    },
  };
}

/** The profile with one more condition: a packet socket may not be opened. */
export function withoutPacketSockets(profile: Seccomp, errno: number): Seccomp {
  const AF_PACKET = 17;
  const others = profile.syscalls.map((rule) => ({
    ...rule,
    names: rule.names.filter((name) => name !== "socket"),
  }));
  return {
    ...profile,
    defaultErrnoRet: errno,
    syscalls: [...others.filter(({ names }) => names.length > 0), {
      names: ["socket"],
      action: "SCMP_ACT_ALLOW",
      args: [{ index: 0, value: AF_PACKET, op: "SCMP_CMP_NE" }],
    }],
  };
}

/** The group: the pod's; else root's, where the pod names a user that /etc/passwd does not have. */
function groupOf({ security }: Pod, { User }: ImageConfig): number {
  if (security.runAsGroup !== undefined) return security.runAsGroup;
  return security.runAsUser === undefined ? Number(User.split(":")[1]) : 0;
}

function capabilitiesOf({ security: { capabilities } }: Pod): readonly string[] {
  if (!capabilities?.drop?.includes("ALL")) {
    throw new Error("Cannot tell the container's capabilities: it does not drop ALL");
  }
  return (capabilities.add ?? []).map((name) => `CAP_${name}`);
}
