import { finish, type Outcome, PIPED } from "../../demo/program.ts";
import type { JsonObject } from "../../kube/types.ts";
import { objectsIn } from "../manifest.ts";
import { ROOT } from "../source.ts";
import { helmPath } from "./given.ts";

/** The folder of Lanlord's chart. */
export const CHART = `${ROOT}deploy/chart`;

/** Where the tests install it. */
export const NAMESPACE = "metallb-system";

/** Helm for one test, with a home of its own. */
export class Helm implements AsyncDisposable {
  readonly #home: string;
  readonly #kubeconfig: string;

  /** @param kubeconfig of the cluster; without it, only what needs none can be run */
  constructor(kubeconfig = "/dev/null") {
    this.#home = Deno.makeTempDirSync({ prefix: "lanlord-helm-" });
    this.#kubeconfig = kubeconfig;
  }

  /** What it prints. @throws Error when it fails */
  async must(argv: readonly string[], values: unknown = {}): Promise<string> {
    const { code, stdout, stderr } = await this.run(argv, values);
    if (code !== 0) throw new Error(`helm ${argv.join(" ")} ended with ${code}: ${stderr}`);
    return stdout;
  }

  /** How it ends, with a values file of its own where values are given. */
  async run(argv: readonly string[], values: unknown = {}): Promise<Outcome> {
    const file = `${this.#home}/values.json`;
    await Deno.writeTextFile(file, JSON.stringify(values));
    const isRendering = ["install", "upgrade", "template", "lint"].includes(argv[0] ?? "");
    const command = new Deno.Command(helmPath(), {
      args: [...argv, ...(isRendering ? ["--values", file] : [])],
      clearEnv: true,
      env: { HOME: this.#home, PATH: "/usr/bin:/bin", KUBECONFIG: this.#kubeconfig },
      ...PIPED,
    });
    return await finish(command);
  }

  /** The objects of Lanlord's chart. @throws Error when it fails */
  async render(values: unknown = {}, argv: readonly string[] = []): Promise<readonly JsonObject[]> {
    return objectsIn(
      await this.must(["template", "lanlord", CHART, "-n", NAMESPACE, ...argv], values),
    );
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Deno.remove(this.#home, { recursive: true });
  }
}
