// deno-lint-ignore-file no-console
/**
 * Compiled for a processor, this is the self-test of what differs by processor: the tests of the codecs of netlink/
 * and of the wire, and one conversation with the kernel through the C library. A compiled program has no
 * `deno test`, so this file runs what the tests register. Exit code 1 when one fails.
 */
import { openNetlink } from "../../netlink/mod.ts";

type Body = (t: Steps) => void | Promise<void>;

interface Steps {
  step(name: string, body: Body): Promise<boolean>;
}

const registered: { readonly name: string; readonly body: Body }[] = [];
const STEPS: Steps = {
  step: async (_name, body) => {
    await body(STEPS);
    return true;
  },
};

Object.defineProperty(Deno, "test", {
  value: (name: string, body: Body) => registered.push({ name, body }),
});

// Each by its name in the text: what is compiled is found by these.
await import("../../netlink/address_test.ts");
await import("../../netlink/attribute_test.ts");
await import("../../netlink/bpf_test.ts");
await import("../../netlink/link_test.ts");
await import("../../netlink/message_test.ts");
await import("../../netlink/sockaddr_test.ts");
await import("../../speaker/wire/arp_test.ts");
await import("../../speaker/wire/ndp_test.ts");

registered.push({
  name: "the kernel lists the loopback interface",
  body: async () => {
    await using netlink = openNetlink();
    using route = netlink.openRoute();
    const links = await route.listLinks(AbortSignal.timeout(30_000));
    if (!links.some(({ isLoopback, index }) => isLoopback && index === 1)) {
      throw new Error(`Wanted the loopback interface, found ${JSON.stringify(links)}`);
    }
  },
});

let failed = 0;
for (const { name, body } of registered) {
  try {
    await body(STEPS);
    console.log(`ok ${name}`);
  } catch (error) {
    failed++;
    console.log(`FAILED ${name}`, error);
  }
}
console.log(`${registered.length - failed} passed, ${failed} failed (${Deno.build.target})`);
Deno.exit(failed === 0 ? 0 : 1);
