/** Whether network namespaces can be made here, and how. */
export type NamespaceAccess =
  /** This process may make them. */
  | { readonly kind: "ready" }
  /** This process may not, but may inside a user namespace: run it again behind these words. */
  | { readonly kind: "user-namespace"; readonly prefix: readonly string[] }
  /** One line for people. */
  | { readonly kind: "missing"; readonly reason: string };

/** Words that run a command as root of a user namespace of its own. */
const USER_NAMESPACE = ["unshare", "--user", "--map-root-user", "--"] as const;

const PROGRAMS = [
  { program: "unshare", debianPackage: "util-linux" },
  { program: "nsenter", debianPackage: "util-linux" },
  { program: "ip", debianPackage: "iproute2" },
] as const;

/**
 * Finds out by trying: the programs that build a LAN, then a namespace as this user, then as root of a user
 * namespace.
 */
export async function requireNamespaces(): Promise<NamespaceAccess> {
  if (Deno.build.os !== "linux") {
    return missing(`a LAN in network namespaces needs Linux, and this is ${Deno.build.os}`);
  }
  for (const { program, debianPackage } of PROGRAMS) {
    if (await attempt([program, program === "ip" ? "-V" : "--version"]) !== undefined) {
      return missing(`"${program}" is not installed (package ${debianPackage})`);
    }
  }
  const asItIs = await attempt(TRIAL);
  if (asItIs === undefined) return { kind: "ready" };
  if (Deno.uid() === 0) return missing(`this root may not make network namespaces: ${asItIs}`);
  const asMappedRoot = await attempt([...USER_NAMESPACE, ...TRIAL]);
  if (asMappedRoot === undefined) return { kind: "user-namespace", prefix: USER_NAMESPACE };
  return missing(`it needs root, and the kernel allows no user namespaces here: ${asMappedRoot}`);
}

/** A network namespace in a PID namespace, with something changed in it. */
const TRIAL = [
  ...["unshare", "--pid", "--net", "--fork", "--kill-child", "--"],
  ...["ip", "link", "add", "port0", "type", "veth", "peer", "name", "eth0"],
] as const;

function missing(reason: string): NamespaceAccess {
  return { kind: "missing", reason };
}

/** Why the command failed, in one line; `undefined` when it did not. */
async function attempt(argv: readonly string[]): Promise<string | undefined> {
  const [program = "", ...args] = argv;
  try {
    const { code, stderr } = await new Deno.Command(program, { args, stdin: "null" }).output();
    if (code === 0) return undefined;
    return new TextDecoder().decode(stderr).trim().split("\n")[0] ?? `exit code ${code}`;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}
