import { usingControlPlane } from "../control_plane/mod.ts";
import { testWith } from "../needs.ts";
import { installCrds } from "./crd_stage.ts";
import { LEADER_ROWS } from "./rbac/leader_rows.ts";
import { ASSIGNED } from "./rbac/leader_deeds.ts";
import { proveGiven, proveRows } from "./rbac/prove.ts";
import { openCluster } from "./rbac/stage.ts";

const controlPlane = usingControlPlane();

testWith(["apiserver", "kubectl"], "each right of the leader is for something", async (t) => {
  await installCrds(controlPlane());
  using cluster = await openCluster(controlPlane());
  await proveRows(t, cluster, "leader", LEADER_ROWS);
  await t.step("a right that is given counts without a restart", async () => {
    const options = { role: "leader", number: 200, without: "list services" } as const;
    await proveGiven(cluster, options, ASSIGNED);
  });
});
