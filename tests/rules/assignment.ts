import { rule, type Section } from "./rule.ts";

const ALLOCATE = "controller/allocate_test.ts";
const REQUEST = "controller/request_test.ts";
const SERVICES = "tests/bad_input/services_test.ts";
const PROPERTIES = "controller/properties_test.ts";
const STORIES = "tests/leader_stories.ts";

/** What a Service asks for, gets and keeps. */
export const ASSIGNMENT: readonly Section[] = [
  {
    title: "Requests",
    rules: [
      rule("R1", "`spec.loadBalancerIP` asks for an address.", `${REQUEST}: spec.loadBalancerIP`),
      rule(
        "R2",
        "Annotation `metallb.io/loadBalancerIPs` asks for one address, or for one of each family; " +
          "blanks do not matter.",
        `${REQUEST}: annotation loadBalancerIPs with blanks`,
      ),
      rule("R3", "Both at once are refused."),
      rule(
        "R4",
        "A text that is no address is refused.",
        `${SERVICES}: address that is no address`,
        `${SERVICES}: address with prefix length`,
      ),
      rule(
        "R5",
        "An address that no pool has is refused, until one has it.",
        `${SERVICES}: address outside every pool`,
      ),
      rule(
        "R6",
        "An address that another Service has is refused, unless they may share it, and comes when it " +
          "is free.",
        `${SERVICES}: address in use`,
      ),
      rule(
        "R7",
        "The addresses asked for must be of the Service's families, one of each.",
        `${SERVICES}: address of the other family`,
        `${SERVICES}: one address for two families`,
      ),
      rule("R8", "An address may be asked for whether or not its pool is given out unasked."),
      rule("R9", "An address that `avoidBuggyIPs` leaves out is refused."),
      rule(
        "R10",
        "Annotation `metallb.io/address-pool` asks for a pool, and no other is tried.",
        `${ALLOCATE}: a pool asked for, though without auto-assign`,
      ),
      rule("R11", "A pool that is not there is refused, until it is."),
      rule("R12", "An address and a pool that does not have it are refused."),
      rule(
        "R13",
        "Annotations count by their old prefix `metallb.universe.tf/` too; the new one wins, even " +
          "if empty.",
        `${REQUEST}: legacy prefix`,
        `${REQUEST}: the new name wins, even if empty`,
      ),
      rule(
        "R14",
        "A Service moves to the free address that it comes to ask for; it stays where it asks for " +
          "what it has.",
        `${ALLOCATE}: a Service that asks for another address moves when that is free`,
      ),
      rule(
        "R15",
        "A Service keeps what it has while it asks for what it cannot have.",
        `${ALLOCATE}: and keeps what it has when that is taken`,
        "tests/changes/request_rows.ts: another address, in no pool",
        "tests/changes/request_rows.ts: another pool, which is full",
      ),
      rule(
        "R16",
        "An address that is no longer asked for stays.",
        `${ALLOCATE}: an address no longer asked for stays`,
      ),
      rule(
        "R17",
        "A Service moves to the pool that it comes to ask for.",
        `${ALLOCATE}: the address follows the pool that is asked for`,
        "tests/changes/request_rows.ts: another pool",
      ),
    ],
  },
  {
    title: "Allocation",
    rules: [
      rule(
        "A1",
        "The lowest address of a pool that is free comes first.",
        `${ALLOCATE}: the first Service of the tutorial`,
      ),
      rule(
        "A2",
        "Ranges are used in the order in which they are listed; all their addresses count.",
        `${ALLOCATE}: ranges in configured order, ascending within each`,
      ),
      rule(
        "A3",
        "A pool without `autoAssign` is given to nobody who does not ask for it.",
        `${ALLOCATE}: pools in order of name, those without auto-assign left out`,
      ),
      rule(
        "A4",
        "When nothing is free a Service waits, and is told.",
        `${STORIES}: what a deletion frees goes to the Service that waits`,
      ),
      rule("A5", "Whoever waits is served as soon as it can be, whatever made it possible."),
      rule(
        "A6",
        "`avoidBuggyIPs` leaves out IPv4 addresses that end in .0 and .255.",
        `${ALLOCATE}: .0 and .255 are skipped where buggy addresses are avoided`,
        "config/select_test.ts: isAvoided() is about IPv4 addresses that end in .0 or .255…",
      ),
      rule(
        "A7",
        "Pools are tried in order of name where nothing else orders them; older Services come first.",
        `${ALLOCATE}: the older Service first, then by name`,
        `${PROPERTIES}: the result does not depend on the order of the Services`,
      ),
      rule(
        "A8",
        "Services of another `loadBalancerClass` are left alone; without `--lb-class` all that have one.",
        `${REQUEST}: ownershipOf() takes only Services of its class`,
        `${STORIES}: a Service of a class is nobody else's business`,
        "tests/changes/request_rows.ts: another class, by way of another type, while nobody looked",
      ),
      rule("A9", "Services of other types are left alone."),
      rule("A10", "A pool needs no advertisement to be given out."),
      rule(
        "A11",
        "A pool with `serviceAllocation` is for the Services that it selects, and no others.",
        "controller/pool_access_test.ts: no serviceAllocation",
        "controller/pool_access_test.ts: another namespace",
      ),
      rule(
        "A12",
        "Pools that select a Service are tried first, then those without `serviceAllocation`.",
        "controller/pool_choice_test.ts: pinned pools first: by priority, without one last, ties by name",
      ),
      rule(
        "A13",
        "Of these the lower `priority` is tried first; 0, or none, comes last.",
        "controller/pool_choice_test.ts: pinned pools first: by priority, without one last, ties by name",
        "controller/pool_access_test.ts: a priority only",
      ),
      rule(
        "A14",
        "`namespaces` and `namespaceSelectors` select namespaces, by name or by their labels of the day.",
        "controller/pool_access_test.ts: its namespace by label",
        "controller/pool_access_test.ts: selectors that match no namespace close the pool",
        "tests/service_allocation_stories.ts: a pool opens when the namespace is labelled, and takes its addresses back afterwards",
      ),
      rule(
        "A15",
        "`serviceSelectors` select Services by label; where namespaces are named too, both must match.",
        "controller/pool_access_test.ts: any of the Service selectors",
        "controller/pool_access_test.ts: the namespace, but not the Service",
      ),
      rule(
        "A16",
        "A pool that is not for a Service is refused also where it is asked for.",
        "controller/pool_choice_test.ts: a pool asked for by name that is not for the Service",
      ),
    ],
  },
  {
    title: "Sharing",
    rules: [
      rule(
        "S1",
        "Services with the same `metallb.io/allow-shared-ip`, not empty, may share an address.",
        `${PROPERTIES}: no address ends up with two owners that may not share it`,
        `${SERVICES}: another sharing key`,
      ),
      rule(
        "S2",
        "They may not have a port in common; TCP and UDP are different.",
        `${SERVICES}: the sharing key, but a port that clashes`,
      ),
      rule("S3", "Their namespaces do not matter."),
      rule(
        "S4",
        "`externalTrafficPolicy` must be the same; with Local, the selectors too.",
        `${SERVICES}: the sharing key, but policy Local beside Cluster`,
        `${SERVICES}: the sharing key and policy Local, but another selector`,
      ),
      rule(
        "S5",
        "A port in use on the address that is asked for is a reason to wait.",
        "tests/changes/sharing_rows.ts: a port becomes free for the one that waits",
      ),
      rule("S6", "Whoever changes what sharing rests on loses the address; the others keep it."),
      rule(
        "S7",
        "A change of ports without conflict changes nothing.",
        "tests/changes/sharing_rows.ts: ports change without a clash",
      ),
      rule(
        "S8",
        "Whoever has an address alone may change key, policy and ports.",
        "tests/changes/sharing_rows.ts: policy Local of the only user",
      ),
      rule(
        "S9",
        "The first address of a pool that is free or may be shared is taken, whichever it is.",
      ),
      rule(
        "S10",
        "Dual-stack Services share both addresses.",
        "tests/changes/sharing_rows.ts: two families are shared, each by itself",
      ),
    ],
  },
  {
    title: "Families",
    rules: [
      rule("F1", "SingleStack has one address, of its family."),
      rule("F2", "PreferDualStack has one of each family if a pool has them, else one."),
      rule("F3", "IPv4 comes first in the status of a Service that says nothing else."),
      rule("F4", "The addresses stand in the order of `spec.ipFamilies`."),
      rule("F5", "Both addresses are of one pool, and a pool that has both is preferred."),
      rule("F6", "RequireDualStack has two addresses or none."),
      rule(
        "F7",
        "With PreferDualStack the second address comes when the pool has it; the first stays.",
        "tests/changes/family_rows.ts: a pool gets its second family",
        "tests/changes/family_rows.ts: another pool with both families appears",
      ),
      rule(
        "F8",
        "With PreferDualStack a Service whose pool loses a family moves to one with both.",
        "tests/changes/family_rows.ts: a pool loses a family, and another has both",
      ),
      rule(
        "F9",
        "When the families change, what can be kept is kept.",
        "tests/changes/family_rows.ts: both preferred, then one",
        "tests/changes/family_rows.ts: both required, then preferred, and back",
      ),
    ],
  },
  {
    title: "Keeping",
    rules: [
      rule(
        "K1",
        "An address that lies in no pool any more is taken away, and another given.",
        `${ALLOCATE}: a pool that lost the address`,
        `${STORIES}: a pool that goes takes its addresses with it, and the Service is told`,
      ),
      rule(
        "K2",
        "Without any pool nothing stays.",
        "tests/changes/pool_rows.ts: the last pool is deleted",
      ),
      rule("K3", "A pool that grows, or is written in another way, changes nothing."),
      rule(
        "K4",
        "`autoAssign: false` changes nothing for who has an address of the pool.",
        "tests/changes/pool_rows.ts: a pool is not given out unasked any more",
      ),
      rule(
        "K5",
        "`avoidBuggyIPs` takes the addresses away that it leaves out.",
        "tests/changes/pool_rows.ts: a pool begins to avoid what is held",
      ),
      rule(
        "K6",
        "An address that lies in a pool of another name stays; the annotation follows.",
        "tests/changes/pool_rows.ts: a pool is renamed",
        "tests/changes/pool_rows.ts: a pool is split",
      ),
      rule("K7", "An address of a pool that is not for the Service any more is taken away."),
      rule(
        "K8",
        "A Service that is no LoadBalancer any more gives its address back.",
        `${STORIES}: a Service that is no LoadBalancer any more gives its address back`,
      ),
      rule(
        "K9",
        "A status that was changed by hand is put right.",
        "tests/changes/request_rows.ts: the status, cleared by hand",
      ),
      rule(
        "K10",
        "A free address of a pool that stands in a status is adopted.",
        `${ALLOCATE}: held addresses are adopted before anything is given out`,
        "tests/changes/request_rows.ts: the status, written by hand: a free address of a pool",
      ),
      rule(
        "K11",
        "Of two that have one address in their status the one that had it first keeps it.",
        `${ALLOCATE}: two holders of one address: the older keeps it`,
      ),
      rule(
        "K12",
        "A restart changes nothing.",
        `${PROPERTIES}: a settled world stays: nothing to do for whoever decides next`,
      ),
      rule(
        "K13",
        "At a restart nobody gets what another has in its status.",
        `${ALLOCATE}: a foreign address cannot displace the rightful holder of another`,
      ),
      rule("K15", "A Service that is being deleted keeps its address until it is gone."),
      rule(
        "K14",
        "A valid address stays with a Service that asks for nothing else.",
        `${PROPERTIES}: a valid address stays with a Service that asks for nothing else`,
      ),
    ],
  },
  {
    title: "Events",
    rules: [
      rule(
        "E1",
        'Normal `IPAllocated`, `Assigned IP "…"`: each address that is given.',
        "controller/plan_test.ts: plan() writes address, pool and condition in one patch…",
        "controller/plan_test.ts: plan() tells two addresses as a list…",
      ),
      rule(
        "E2",
        'Warning `AllocationFailed`, `Failed to allocate IP for "…": …`: once per reason.',
      ),
      rule("E3", "Warning `LoadBalancerFailed`: a request that makes no sense, beside an address."),
      rule("E4", "Normal `ClearAssignment`: an address that may not stay."),
      rule("E5", "Whoever waits or loses an address is told, also where there is no pool."),
      rule("E6", "Warning `deprecatedAnnotation`: an annotation with the old prefix."),
      rule(
        "E7",
        "Normal `AdditionalAssignFailed`: no second address for PreferDualStack; once.",
        "controller/plan_test.ts: plan() tells once that PreferDualStack has one family only",
      ),
      rule(
        "E8",
        "The components are `metallb-controller` and `metallb-speaker`.",
        `${STORIES}: the first Service of the tutorial gets 192.168.0.200, and is told so`,
      ),
      rule(
        "E9",
        'Normal `nodeAssigned`, `announcing from node "…" with protocol "layer2"`: once each time a ' +
          "node takes the address.",
        "speaker/told/bulletin_test.ts: Bulletin tells nodeAssigned once for each move",
      ),
      rule(
        "E10",
        "Warning `announceFailed`: no node has an interface that the advertisements name.",
        "speaker/desired/not_eligible_test.ts: faultsToTell() has one Warning…",
        "tests/kernel/speaker_eligible_test.ts: advertisements choose nodes, interfaces and Services",
      ),
    ],
  },
];
