import { equal } from "node:assert/strict";
import { kubectlPath } from "../../demo/control_plane/assets.ts";
import { createApi, serveApi } from "../../demo/api/mod.ts";
import { usingControlPlane } from "../control_plane/mod.ts";
import { testWith } from "../needs.ts";
import { type Step, SUBJECTS } from "./kubectl_commands.ts";

const controlPlane = usingControlPlane();

for (const [subject, steps] of Object.entries(SUBJECTS)) {
  testWith(
    ["apiserver", "kubectl"],
    `kubectl is answered as by kube-apiserver: ${subject}`,
    async () => {
      const stop = new AbortController();
      const { url, finished } = serveApi(
        createApi(),
        { hostname: "127.0.0.1", port: 0 },
        stop.signal,
      );
      const cache = Deno.makeTempDirSync();
      const real = ["--kubeconfig", controlPlane().kubeconfig, "--cache-dir", `${cache}/real`];
      const ours = ["--server", url, "--cache-dir", `${cache}/ours`];
      const say = async (flags: readonly string[]): Promise<readonly string[]> => {
        const said: string[] = [];
        for (const step of steps) said.push(`$ ${step[0]}\n${await runStep(flags, step)}`);
        return said;
      };
      const [wanted, found] = await Promise.all([say(real), say(ours)]);
      stop.abort();
      await finished;
      await Deno.remove(cache, { recursive: true });
      for (const [index, text] of wanted.entries()) equal(found[index], text);
    },
  );
}

async function runStep(flags: readonly string[], [line, stdin]: Step): Promise<string> {
  const child = new Deno.Command(kubectlPath() ?? "kubectl", {
    args: [...flags, ...line.split(" ")],
    cwd: new URL("../..", import.meta.url).pathname,
    stdin: "piped",
    stdout: "piped",
    stderr: "piped",
  }).spawn();
  const output = child.output();
  await new Blob([stdin ?? ""]).stream().pipeTo(child.stdin);
  const { stdout, stderr } = await output;
  const utf8 = new TextDecoder();
  return withoutChance(utf8.decode(stdout) + utf8.decode(stderr));
}

/**
 * What two servers cannot agree on: identifiers, times, numbers that they pick, and the Events of the real
 * one's look at its cluster addresses, which may or may not come by while a test has a Service.
 */
function withoutChance(text: string): string {
  return text.replaceAll(/^.*(ClusterIPNotAllocated|ipallocator-repair-controller).*\n/gm, "")
    .replace(/^Events:\n +Type +Reason.*\n +---- .*\n(?! )/m, "Events: <none>\n")
    .replaceAll(/[0-9a-f]{8}-[0-9a-f-]{27}/g, "UID")
    .replaceAll(/(resourceVersion: |Resource Version: +)"?\d+"?/g, "$1RV")
    .replaceAll(/\b10\.(9[6-9]|1[01]\d)\.\d+\.\d+/g, "CLUSTER-IP")
    .replaceAll(/\b3[0-2]\d{3}\b/g, "NODE-PORT")
    .replaceAll(/20\d\d-\d\d-\d\dT[0-9:]+Z/g, "TIME")
    .replaceAll(/[A-Z][a-z]{2}, \d\d [A-Z].*/g, "TIME")
    .replaceAll(/\b\d+[smhd]\S*/g, "AGE")
    .replaceAll(/[ \t]+/g, " ");
}
