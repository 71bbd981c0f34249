import { CLIENT } from "./stage.ts";
import type { Scene } from "./scene.ts";

/** Says how to go on by hand, and leaves everything running until the signal aborts. */
export async function keepOpen({ stage, voice, signal }: Scene, address: string): Promise<void> {
  const client = stage.lan.machine(CLIENT.name);
  voice.step("Yours: all of it goes on until Ctrl-C");
  voice.say("In another shell on this machine:");
  voice.command(`export KUBECONFIG=${stage.api.kubeconfig}`);
  voice.command("kubectl get svc whoami --watch");
  voice.command("kubectl describe svc whoami");
  voice.command("kubectl scale deployment whoami-deployment --replicas=5");
  voice.command(
    "kubectl expose deployment whoami-deployment --name=another --type=LoadBalancer --port=80",
  );
  voice.say("On the client, and on a node (their networks; the rest is this machine):");
  const enter = enterPrefix();
  voice.command(`${enter} -t ${client.pid} -n curl http://${address}`);
  voice.command(`${enter} -t ${client.pid} -n bash`);
  voice.command(`${enter} -t ${stage.lan.machine("n1").pid} -n ip addr`);
  voice.say("Pull a cable, put it back:");
  voice.command(`${enter} -t ${stage.lan.hub.pid} -n ip link set port1 down   # n1; up again`);
  voice.say(`Logs: ${stage.folder}`);
  if (!signal.aborted) {
    await new Promise((resolve) => signal.addEventListener("abort", resolve, { once: true }));
  }
}

/** In a user namespace of our own the namespaces are entered by way of that. */
function enterPrefix(): string {
  return isRealRoot() ? "nsenter" : "nsenter --user --preserve-credentials";
}

function isRealRoot(): boolean {
  const [line = ""] = Deno.readTextFileSync("/proc/self/uid_map").split("\n");
  return line.trim().split(/\s+/).join(" ").startsWith("0 0");
}
