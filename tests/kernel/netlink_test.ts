import { openNetlink } from "../../netlink/mod.ts";
import { ROUTE_CONTRACT } from "../../netlink/route_contract.ts";
import { testWith } from "../needs.ts";
import { linkNamed, vethPair } from "./veth.ts";

testWith(["netns"], "the real kernel keeps the contract of Route", async (t) => {
  const { signal } = new AbortController();
  await using _pair = await vethPair("contract0", "contract1");
  await using netlink = openNetlink();
  using route = netlink.openRoute();
  const { index } = await linkNamed(route, "contract0");
  for (const { name, run } of ROUTE_CONTRACT) {
    await t.step(name, () => run({ route, linkIndex: index }, signal));
  }
});
