/**
 * A real API server for tests. The programs are built by `deno task assets` from `go.mod` in this folder;
 * how they are started, the demo knows as well, so it is kept there.
 *
 * @example
 * ```ts ignore
 * const controlPlane = usingControlPlane();
 * testWith(["apiserver"], "lists nothing at first", async () => {
 *   const kube = createClient(await loadCredentials({ kubeconfig: controlPlane().kubeconfig }));
 * });
 * ```
 */
import { type ControlPlane, startControlPlane } from "../../demo/control_plane/start.ts";
import { isMet } from "../needs.ts";

export { startControlPlane };
export type { ControlPlane, ControlPlaneOptions } from "../../demo/control_plane/start.ts";

/**
 * One control plane for all tests of the calling file, started before the first and stopped after the last.
 * Tests that ask for it need `apiserver`; where that is missing nothing is started.
 */
export function usingControlPlane(): () => ControlPlane {
  let running: ControlPlane | undefined;
  if (isMet("apiserver") && isMet("kubectl")) {
    Deno.test.beforeAll(async () => {
      running = await startControlPlane();
    });
    Deno.test.afterAll(() => running?.stop());
  }
  return () => {
    if (running === undefined) throw new Error("The control plane is not running: need apiserver");
    return running;
  };
}
