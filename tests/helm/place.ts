import { kubectlPath } from "../../demo/control_plane/assets.ts";
import type { Outcome } from "../../demo/program.ts";
import { scriptOf } from "../../demo/story/shell.ts";
import { type ControlPlane, startControlPlane } from "../control_plane/mod.ts";
import { type Desk, openDesk } from "../docs/desk.ts";
import { helmPath, METALLB_RELEASES, metallbChart } from "./given.ts";

/**
 * Where commands for helm and kubectl are run: a desk with a cluster of its own. `metallb/metallb` is MetalLB's chart
 * as it was fetched.
 */
export class HelmPlace implements AsyncDisposable {
  readonly controlPlane: ControlPlane;
  readonly #desk: Desk;
  /** What gives a command the administrator's rights, and nothing of this machine's settings. */
  readonly #words: readonly string[];

  private constructor(controlPlane: ControlPlane, desk: Desk) {
    this.controlPlane = controlPlane;
    this.#desk = desk;
    const { folder } = desk;
    const variables = [`PATH=${folder}/bin:/usr/bin:/bin`, `HOME=${folder}`];
    this.#words = ["env", "-i", ...variables, `KUBECONFIG=${controlPlane.kubeconfig}`];
  }

  /** Takes some five seconds. */
  static async open(): Promise<HelmPlace> {
    const controlPlane = await startControlPlane();
    const kubectl = scriptOf([kubectlPath() ?? "kubectl"]);
    return new HelmPlace(controlPlane, await openDesk({ helm: helmScript(), kubectl }));
  }

  /** Runs a command in the folder, with the administrator's rights. */
  async run(argv: readonly string[]): Promise<Outcome> {
    return await this.#desk.run([...this.#words, ...argv]);
  }

  /** The same, of a command that must succeed. @returns its standard output @throws Error with what it said */
  async must(argv: readonly string[]): Promise<string> {
    return await this.#desk.must([...this.#words, ...argv]);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.controlPlane.stop();
    await this.#desk[Symbol.asyncDispose]();
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
