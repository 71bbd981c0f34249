import { kubectlPath } from "../../demo/control_plane/assets.ts";
import { mustRun, type Outcome } from "../../demo/program.ts";
import { run } from "../command.ts";
import { type ControlPlane, startControlPlane } from "../control_plane/mod.ts";
import { ROOT } from "../source.ts";
import { helmPath, METALLB_RELEASES, metallbChart } from "./given.ts";

/**
 * Where commands for helm and kubectl are run: a cluster of their own, and a folder with `deploy` in it, as in
 * a clone. `metallb/metallb` is MetalLB's chart as it was fetched.
 */
export class HelmPlace implements AsyncDisposable {
  readonly controlPlane: ControlPlane;
  readonly #folder: string;
  readonly #words: readonly string[];

  private constructor(controlPlane: ControlPlane, folder: string) {
    this.controlPlane = controlPlane;
    this.#folder = folder;
    const { kubeconfig } = controlPlane;
    const variables = [
      `PATH=${folder}/bin:/usr/bin:/bin`,
      `HOME=${folder}`,
      `KUBECONFIG=${kubeconfig}`,
    ];
    this.#words = ["env", "-i", "-C", folder, ...variables];
  }

  /** Takes some five seconds. */
  static async open(): Promise<HelmPlace> {
    const controlPlane = await startControlPlane();
    const folder = await Deno.makeTempDir({ prefix: "lanlord-helm-place-" });
    await Deno.symlink(`${ROOT}deploy`, `${folder}/deploy`);
    await Deno.mkdir(`${folder}/bin`);
    await Deno.writeTextFile(`${folder}/bin/helm`, helmScript(), { mode: 0o755 });
    await Deno.symlink(kubectlPath() ?? "kubectl", `${folder}/bin/kubectl`);
    return new HelmPlace(controlPlane, folder);
  }

  /** Runs a command in the folder, with the administrator's rights. */
  async run(argv: readonly string[]): Promise<Outcome> {
    return await run([...this.#words, ...argv]);
  }

  /** The same, of a command that must succeed. @returns its standard output @throws Error with what it said */
  async must(argv: readonly string[]): Promise<string> {
    return await mustRun([...this.#words, ...argv]);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.controlPlane.stop();
    await Deno.remove(this.#folder, { recursive: true });
  }
}

function helmScript(): string {
  const chart = metallbChart(METALLB_RELEASES[0]?.version ?? "");
  return `#!/bin/sh
for arg do
  shift
  if [ "$arg" = metallb/metallb ]; then arg='${chart}'; fi
  set -- "$@" "$arg"
done
exec '${helmPath()}' "$@"
`;
}
