import { kubectlPath } from "../control_plane/assets.ts";
import type { Scene } from "./scene.ts";
import { writeShell } from "./shell.ts";

/**
 * Says how to go on by hand, and leaves everything running until the signal aborts.
 *
 * @param self the words that start this program
 */
export async function keepOpen(
  { stage, voice, signal }: Scene,
  address: string,
  self: readonly string[],
): Promise<void> {
  voice.step("Yours: all of it goes on until Ctrl-C");
  const enter = enterWords();
  const file = await writeShell(stage, { self, kubectl: kubectlPath(), enter });
  voice.say(
    "In another shell on this machine; it has lanlord, kubectl and the LAN's machines then:",
  );
  voice.command(`. ${file}`);
  voice.command("kubectl get svc whoami --watch");
  voice.command("lanlord explain whoami");
  voice.command("kubectl scale deployment whoami-deployment --replicas=5");
  voice.command(
    "kubectl expose deployment whoami-deployment --name=another --type=LoadBalancer --port=80",
  );
  voice.say("On the client, and on a node (their networks; the rest is this machine):");
  voice.command(`client curl http://${address}`);
  voice.command("n1 ip addr");
  voice.say("Pull a cable, put it back:");
  voice.command("hub ip link set port1 down   # n1; up again");
  voice.say(`Logs: ${stage.folder}`);
  if (!signal.aborted) {
    await new Promise((resolve) => signal.addEventListener("abort", resolve, { once: true }));
  }
}

/** In a user namespace of our own the namespaces are entered by way of that. */
function enterWords(): readonly string[] {
  return isRealRoot() ? ["nsenter"] : ["nsenter", "--user", "--preserve-credentials"];
}

function isRealRoot(): boolean {
  const [line = ""] = Deno.readTextFileSync("/proc/self/uid_map").split("\n");
  return line.trim().split(/\s+/).join(" ").startsWith("0 0");
}
