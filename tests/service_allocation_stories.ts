import type { Story } from "./leader_stage.ts";

const TEAM_POOL = { "metallb.io/address-pool": "team" };
const LABEL = "example.org/team";

/** What users see of pools that are for some Services only. */
export const SERVICE_ALLOCATION_STORIES: readonly Story[] = [
  {
    name: "a pool opens when the namespace is labelled, and takes its addresses back afterwards",
    run: async (stage) => {
      await stage.installKinds();
      await stage.createPool("all", ["10.0.1.1-10.0.1.9"]);
      await stage.createPool("team", ["10.0.2.1-10.0.2.9"], {
        serviceAllocation: {
          priority: 10,
          namespaceSelectors: [{ matchLabels: { [LABEL]: "blue" } }],
        },
      });
      await stage.startLeader("leader");
      await stage.createService("any");
      await stage.untilAddress("any", "10.0.1.1");
      await stage.createService("team", { annotations: TEAM_POOL });
      const closed = "pool team not compatible for ip assignment: " +
        'its serviceAllocation is not for namespace "default"';
      await stage.untilTold(
        "team",
        `AllocationFailed: Failed to allocate IP for "default/team": ${closed}; to solve it: ` +
          'label namespace "default" so that "namespaceSelectors" of pool "team" select it, ' +
          'or add "default" to "namespaces" of pool "team"',
      );

      await stage.labelNamespace("default", { [LABEL]: "blue" });
      await stage.untilAddress("team", "10.0.2.1");
      await stage.createService("later");
      await stage.untilAddress("later", "10.0.2.2");

      await stage.labelNamespace("default", { [LABEL]: null });
      await stage.untilAddress("later", "10.0.1.2");
      await stage.untilAddress("team", "");
      await stage.untilAddress("any", "10.0.1.1");
      await stage.untilTold(
        "team",
        'ClearAssignment: current IP for "default/team" not allowed by config, ' +
          `will attempt for new IP assignment: ${closed}`,
      );
    },
  },
];
