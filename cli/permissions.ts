/** The kinds of permission that Deno knows, as `--allow-<kind>` names them. */
export const PERMISSIONS = ["read", "write", "net", "env", "sys", "run", "ffi", "import"] as const;

/** One of them. */
export type Permission = (typeof PERMISSIONS)[number];

/** Looks at files; the YAML reader asks the environment what it shall trace. */
const FILES = ["read", "env"] as const;

/** Looks at a cluster. A kubeconfig may name a program that prints the token. */
const CLUSTER = [...FILES, "net", "run"] as const;

/**
 * What each command keeps of the permissions that the program was given; the rest is dropped before the command's
 * code is loaded. Leader and speaker run no programs: a kubeconfig of theirs has a token or a certificate.
 */
const KEPT: ReadonlyMap<string, readonly Permission[]> = new Map<string, readonly Permission[]>([
  // It makes namespaces, runs ip and nft, and reads /proc, which Deno opens only to those who may do everything.
  ["demo", PERMISSIONS],
  ["check", FILES],
  ["convert", FILES],
  ["explain", CLUSTER],
  ["status", CLUSTER],
  ["plan", CLUSTER],
  ["leader", ["read", "env", "net"]],
  // Sockets of the kernel by the C library; what the API said is written down.
  ["speaker", ["read", "env", "net", "ffi", "write"]],
  // From source, git is asked for the commit.
  ["version", Deno.build.standalone ? [] : ["run"]],
]);

/**
 * The permissions that a command works with, in the order of `PERMISSIONS`; none for what is no command.
 *
 * @param env reads one variable of the environment
 */
export function permissionsOf(
  command: string,
  env: (name: string) => string | undefined,
): readonly Permission[] {
  const kept = KEPT.get(command) ?? [];
  // systemd is told by a datagram of the C library's.
  const isSupervised = command === "leader" && env("NOTIFY_SOCKET") !== undefined;
  return PERMISSIONS.filter((kind) => kept.includes(kind) || isSupervised && kind === "ffi");
}

/**
 * Gives up for good what the command does not keep. Nothing asks for it back: the program is to be started with
 * `--no-prompt`.
 */
export function dropPermissions(
  command: string,
  env: (name: string) => string | undefined,
): void {
  const kept = permissionsOf(command, env);
  for (const name of PERMISSIONS) if (!kept.includes(name)) Deno.permissions.revokeSync({ name });
}
