import { generateKeyPairSync } from "node:crypto";
import { finish, type Outcome, PIPED } from "../program.ts";
import { controlPlaneAssets, kubectlPath } from "./assets.ts";

/** How to start a control plane. */
export interface ControlPlaneOptions {
  /** The address that the API server listens on and that clients use. @default "127.0.0.1" */
  readonly address?: string;
  /** An address by which clients reach it through a relay, for which its certificate holds too. @default `address` */
  readonly advertisedAddress?: string;
  /**
   * Makes a command that dies with us even if we are killed; the way to start inside another network
   * namespace, where the ports are taken to be free if they are free here. @default `setpriv --pdeathsig`
   */
  readonly command?: (
    argv: readonly string[],
    options?: Pick<Deno.CommandOptions, "stdin" | "stdout" | "stderr">,
  ) => Deno.Command;
  /** How long to wait for it to be ready, in seconds. @default 90 */
  readonly limitSeconds?: number;
  /** More administrators, by name; the token of each is its name. @default none */
  readonly users?: readonly string[];
  /** More flags for the API server. @default none */
  readonly flags?: readonly string[];
}

/** A real etcd and kube-apiserver with RBAC and nothing else: no controllers, no scheduler, no nodes. */
export interface ControlPlane extends AsyncDisposable {
  /** `https://address:port`. */
  readonly url: string;
  /** Path of a kubeconfig of an administrator (group `system:masters`, by token). */
  readonly kubeconfig: string;
  /** The administrator's token. */
  readonly token: string;
  /** Path of the certificate authority that the server's certificate goes back to, as PEM. */
  readonly caFile: string;
  /** The folder of the programs that run. */
  readonly assets: string;
  /** Runs kubectl as the administrator, `stdin` as its standard input. */
  kubectl(argv: readonly string[], stdin?: string): Promise<Outcome>;
  /** The last lines of both programs' logs. */
  logs(): Promise<string>;
  /** Ends both programs and removes their files; may be called again. */
  stop(): Promise<void>;
}

/**
 * Starts a control plane and waits until it is ready, which takes about five seconds.
 *
 * @throws Error when the programs are not there, or do not get ready; the message has the end of their logs
 */
export async function startControlPlane(options: ControlPlaneOptions = {}): Promise<ControlPlane> {
  const {
    address = "127.0.0.1",
    advertisedAddress = address,
    command = mortalCommand,
    limitSeconds = 90,
    users = [],
    flags = [],
  } = options;
  const assets = controlPlaneAssets();
  const kubectl = kubectlPath();
  if (assets === undefined || kubectl === undefined) {
    throw new Error(
      "Cannot start a control plane: run `deno task assets` or set KUBEBUILDER_ASSETS",
    );
  }
  const folder = await Deno.makeTempDir({ prefix: "lanlord-control-plane-" });
  const setup = { assets, kubectl, folder, address, advertisedAddress, command, users, flags };
  const plane = new Programs(setup);
  try {
    await plane.start(AbortSignal.timeout(limitSeconds * 1000));
    return plane;
  } catch (error) {
    const logs = await plane.logs();
    await plane.stop();
    throw new Error(`Cannot start a control plane: ${error}\n${logs}`, { cause: error });
  }
}

interface Setup extends Required<Omit<ControlPlaneOptions, "limitSeconds">> {
  readonly assets: string;
  readonly kubectl: string;
  readonly folder: string;
}

class Programs implements ControlPlane {
  readonly url: string;
  readonly kubeconfig: string;
  readonly token: string = crypto.randomUUID();
  readonly caFile: string;
  readonly assets: string;
  readonly #setup: Setup;
  readonly #ports = findFreePorts();
  readonly #children: Deno.ChildProcess[] = [];
  /** The program that ended first. */
  #ended: string | undefined;

  constructor(setup: Setup) {
    this.#setup = setup;
    this.assets = setup.assets;
    this.url = `https://${setup.address}:${this.#ports.api}`;
    this.kubeconfig = `${setup.folder}/kubeconfig`;
    this.caFile = `${setup.folder}/certificates/apiserver.crt`;
  }

  async start(signal: AbortSignal): Promise<void> {
    await this.#writeKeys();
    this.#spawn("etcd", etcdFlags(this.#setup.folder, this.#ports));
    this.#spawn("kube-apiserver", apiServerFlags(this.#setup, this.#ports));
    while (!await this.#isReady()) {
      if (signal.aborted) throw new Error("it was not ready in time");
      await new Promise((resolve) => setTimeout(resolve, 150));
    }
  }

  async kubectl(argv: readonly string[], stdin?: string): Promise<Outcome> {
    const kubectl = [this.#setup.kubectl, `--kubeconfig=${this.kubeconfig}`, ...argv];
    return await finish(this.#setup.command(kubectl, PIPED), stdin);
  }

  async logs(): Promise<string> {
    const tails = ["etcd", "kube-apiserver"].map(async (name) => {
      const lines = (await this.#readLog(name)).trimEnd().split("\n");
      return `--- ${name}\n${lines.slice(-20).join("\n")}`;
    });
    return (await Promise.all(tails)).join("\n");
  }

  async stop(): Promise<void> {
    for (const child of this.#children.splice(0).reverse()) {
      try {
        child.kill("SIGKILL");
      } catch {
        // It has ended already.
      }
      await child.status;
    }
    await Deno.remove(this.#setup.folder, { recursive: true }).catch(ignoreNotFound);
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.stop();
  }

  #spawn(name: string, flags: readonly string[]): void {
    const { assets, folder, command } = this.#setup;
    const script = 'log=$1; shift; exec "$@" > "$log" 2>&1';
    const argv = ["sh", "-c", script, "sh", `${folder}/${name}.log`, `${assets}/${name}`, ...flags];
    const child = command(argv, { stdin: "null", stdout: "null", stderr: "null" }).spawn();
    this.#children.push(child);
    child.status.then(() => this.#ended ??= name);
  }

  async #isReady(): Promise<boolean> {
    if (this.#ended !== undefined) throw new Error(`${this.#ended} ended`);
    if (!(await this.#readLog("kube-apiserver")).includes("Serving securely on")) return false;
    await this.#writeKubeconfig();
    // The first namespaces are made after the server says that it is ready.
    for (const path of ["/readyz", "/api/v1/namespaces/default"]) {
      const { code } = await this.kubectl(["get", `--raw=${path}`, "--request-timeout=5s"]);
      if (code !== 0) return false;
    }
    return true;
  }

  async #readLog(name: string): Promise<string> {
    return await Deno.readTextFile(`${this.#setup.folder}/${name}.log`).catch(() => "");
  }

  async #writeKeys(): Promise<void> {
    const { folder, users } = this.#setup;
    const { privateKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
    const pem = privateKey.export({ type: "sec1", format: "pem" });
    await Deno.writeTextFile(`${folder}/service-account.key`, String(pem), { mode: 0o600 });
    const lines = [[this.token, "admin"], ...users.map((name) => [name, name])]
      .map(([token, name]) => `${token},${name},${name},"system:masters"\n`);
    await Deno.writeTextFile(`${folder}/tokens.csv`, lines.join(""), { mode: 0o600 });
  }

  async #writeKubeconfig(): Promise<void> {
    const ca = btoa(await Deno.readTextFile(this.caFile));
    const kubeconfig = {
      apiVersion: "v1",
      kind: "Config",
      "current-context": "lanlord",
      clusters: [{
        name: "lanlord",
        cluster: { server: this.url, "certificate-authority-data": ca },
      }],
      users: [{ name: "admin", user: { token: this.token } }],
      contexts: [{ name: "lanlord", context: { cluster: "lanlord", user: "admin" } }],
    };
    await Deno.writeTextFile(this.kubeconfig, JSON.stringify(kubeconfig, undefined, 2), {
      mode: 0o600,
    });
  }
}

interface Ports {
  readonly etcd: number;
  readonly peer: number;
  readonly api: number;
}

function etcdFlags(folder: string, ports: Ports): string[] {
  const client = `http://127.0.0.1:${ports.etcd}`;
  const peer = `http://127.0.0.1:${ports.peer}`;
  return [
    `--data-dir=${folder}/etcd`,
    "--unsafe-no-fsync",
    "--log-level=warn",
    `--listen-client-urls=${client}`,
    `--advertise-client-urls=${client}`,
    `--listen-peer-urls=${peer}`,
    `--initial-advertise-peer-urls=${peer}`,
    `--initial-cluster=default=${peer}`,
  ];
}

/**
 * Without `--tls-cert-file` the API server makes a certificate authority and a certificate of its own in
 * `--cert-dir`, with the advertised address as a subject: Deno, which refuses a self-signed leaf, takes it.
 */
function apiServerFlags(setup: Setup, ports: Ports): string[] {
  const { folder, address, advertisedAddress, flags } = setup;
  return [
    `--etcd-servers=http://127.0.0.1:${ports.etcd}`,
    `--bind-address=${address}`,
    `--advertise-address=${advertisedAddress}`,
    `--secure-port=${ports.api}`,
    `--cert-dir=${folder}/certificates`,
    // Nobody reaches it through its own Service, and a loopback address is refused there.
    "--endpoint-reconciler-type=none",
    "--service-account-issuer=https://kubernetes.default.svc",
    `--service-account-key-file=${folder}/service-account.key`,
    `--service-account-signing-key-file=${folder}/service-account.key`,
    `--token-auth-file=${folder}/tokens.csv`,
    "--authorization-mode=RBAC",
    "--disable-admission-plugins=ServiceAccount",
    "--service-cluster-ip-range=10.96.0.0/12",
    "--profiling=false",
    ...flags,
  ];
}

/** Ports that nobody listens on at this moment, all different. */
function findFreePorts(): Ports {
  const listeners = [0, 0, 0].map((port) => Deno.listen({ hostname: "127.0.0.1", port }));
  const [etcd = 0, peer = 0, api = 0] = listeners.map(({ addr }) => addr.port);
  for (const listener of listeners) listener.close();
  return { etcd, peer, api };
}

/** A command that the kernel kills when the thread that started it ends, however that comes about. */
function mortalCommand(
  argv: readonly string[],
  options?: Pick<Deno.CommandOptions, "stdin" | "stdout" | "stderr">,
): Deno.Command {
  return new Deno.Command("setpriv", { ...options, args: ["--pdeathsig", "KILL", "--", ...argv] });
}

function ignoreNotFound(error: unknown): void {
  if (!(error instanceof Deno.errors.NotFound)) throw error;
}
