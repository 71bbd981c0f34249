import { macOf } from "../../demo/lan/lan.ts";
import { MACHINES, type SpeakerLan } from "./speaker_lan.ts";

const PROGRAM = new URL("answer_all_main.ts", import.meta.url).pathname;

/** The pools of both families, and an address that nobody has (RFC 5737). */
const ANSWERED = ["192.168.0.192/26", "fd00:5::200/120", "192.0.2.0/24"];

/**
 * Lets the hub answer every node that asks for an address of the pools, until it is disposed of. The client is
 * not answered, so that it hears who else does.
 */
export async function answerAll({ lan }: SpeakerLan): Promise<AsyncDisposable> {
  const argv = [Deno.execPath(), "run", "-A", PROGRAM, "br0", macOf(MACHINES.client), ...ANSWERED];
  const child = lan.hub.command(argv, { stdin: "null", stdout: "piped", stderr: "inherit" })
    .spawn();
  const reader = child.stdout.getReader();
  const { done } = await reader.read();
  if (done) throw new Error("Cannot answer for every address: the program ended");
  return {
    [Symbol.asyncDispose]: async () => {
      child.kill("SIGKILL");
      await reader.cancel();
      await child.status;
    },
  };
}
