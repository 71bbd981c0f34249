import { rule, type Section } from "./rule.ts";

const ADDRESSES = "tests/bad_input/config_address_rows.ts";
const POOLS = "tests/bad_input/config_pool_rows.ts";
const RESOURCES = "tests/bad_input/config_resource_rows.ts";
const IN_FORCE = "config/in_force_test.ts";
const CUSTOM = "config/custom_test.ts";
const MEMBERS = "speaker/desired/members_test.ts";
const STORIES = "tests/leader_stories.ts";

/** Where pools come from. */
export const CONFIGURATION: Section = {
  title: "Configuration",
  rules: [
    rule(
      "C1",
      "An error anywhere keeps the configuration in force as it is.",
      `${IN_FORCE}: later leaves the previous in force`,
      `${STORIES}: an invalid configuration changes nothing and is reported at the ConfigMap`,
    ),
    rule(
      "C2",
      "No two entries have an address in common, in one pool or in two.",
      "config/overlap_test.ts: findOverlaps() finds something exactly where…",
      `${POOLS}: overlap across pools`,
      `${RESOURCES}: overlap with the ConfigMap`,
    ),
    rule("C3", "Pool names are unique.", `${POOLS}: a name twice`),
    rule(
      "C4",
      "The ConfigMap of v0.8.3 to v0.12 gives the pools that it says.",
      "config/configmap_test.ts: a ConfigMap of v0.8.3 to v0.12 gives the pools it says",
    ),
    rule(
      "C5",
      "Keys that are not known, and keys that stand twice, are errors.",
      `${POOLS}: an unknown key in a pool`,
      `${POOLS}: a key twice in a pool`,
    ),
    rule(
      "C6",
      "A pool has a name, a protocol and addresses.",
      `${POOLS}: no name`,
      `${POOLS}: no protocol`,
      `${POOLS}: no addresses`,
    ),
    rule(
      "C7",
      "Addresses are a CIDR, whose host bits do not matter, or a range with blanks around its dash.",
      "config/configmap_test.ts: host bits, which are masked off",
      `${ADDRESSES}: a prefix length of 33`,
      `${ADDRESSES}: a word as addresses`,
    ),
    rule(
      "C8",
      "Ranges that are reversed or of two families are errors, and so is what can never work.",
      `${ADDRESSES}: a reversed range`,
      `${ADDRESSES}: a range of two families`,
      `${ADDRESSES}: all of IPv4`,
    ),
    rule(
      "C9",
      "A changed ConfigMap that leaves an address in use without a pool is refused until it is free.",
      `${IN_FORCE}: is refused when an address in use has no pool any more`,
      `${IN_FORCE}: comes into force when the address is free`,
    ),
    rule(
      "C10",
      "A deleted ConfigMap takes nothing from anyone.",
      `${IN_FORCE}: takes nothing from anyone`,
    ),
    rule(
      "C11",
      "Changed IPAddressPools are taken over whatever is in use.",
      `${IN_FORCE}: are taken over whatever is in use`,
    ),
    rule(
      "C12",
      "An L2Advertisement selects pools by name and by label; without either, all.",
      `${CUSTOM}: by name and label, once`,
      `${CUSTOM}: no spec: all pools`,
      `${CUSTOM}: an unknown name`,
    ),
    rule(
      "C13",
      "Selectors follow the rules of Kubernetes.",
      "config/select_test.ts: matches() follows the rules of metav1.LabelSelector",
    ),
    rule(
      "C14",
      "The same entry twice in a list of selectors or names is an error.",
      `${RESOURCES}: a selector twice`,
      `${RESOURCES}: a namespace twice`,
      `${RESOURCES}: a pool twice in an advertisement`,
    ),
    rule(
      "C15",
      "BGP's parts of the ConfigMap are read by MetalLB's rules.",
      "config/configmap_test.ts: everything about BGP, up to v0.12",
      "tests/bad_input/config_bgp_rows.ts: layer2 with advertisements",
      "tests/bad_input/config_bgp_rows.ts: an aggregation length of 33",
    ),
    rule(
      "C16",
      "The defaults of a pool are those of MetalLB's CRD.",
      `${CUSTOM}: the defaults are those of the CRD`,
    ),
    rule(
      "C17",
      "The columns of `kubectl get` are MetalLB's.",
      "tests/api/crds_test.ts: kubectl get shows the columns that MetalLB has",
    ),
  ],
};

export const METRICS: Section = {
  title: "Metrics",
  rules: [
    rule(
      "M1",
      "`metallb_allocator_…addresses_total` leaves out what `avoidBuggyIPs` leaves out.",
      "controller/usage_test.ts: capacityOf() leaves out what avoidBuggyIPs leaves out",
    ),
    rule(
      "M2",
      "`metallb_allocator_…addresses_in_use_total` counts addresses, not Services.",
      "controller/usage_test.ts: usageOf() counts shared addresses once, and foreign ones not at all",
    ),
    rule(
      "M3",
      "`metallb_k8s_client_config_stale_bool` is 1 while what is configured is not in force.",
      `${STORIES}: an invalid configuration changes nothing and is reported at the ConfigMap`,
    ),
    rule(
      "M4",
      "Names, kinds and labels of the leader's metrics are MetalLB's.",
      "tests/metallb_metrics_test.ts: the leader's metrics with MetalLB's names…",
    ),
    rule(
      "M5",
      "Names, kinds and labels of a speaker's metrics are MetalLB's.",
      "tests/metallb_metrics_test.ts: a speaker's metrics with MetalLB's names…",
    ),
  ],
};

/** Who answers, and how. */
export const LAYER2: Section = {
  title: "Layer 2",
  rules: [
    rule(
      "L1",
      "The order of nodes for an address is MetalLB's.",
      "speaker/ownership/rank_test.ts: rankNodes() gives the order that MetalLB's speakers elect by",
    ),
    rule(
      "L2",
      "One node answers for an address, and when it dies another does.",
      "tests/kernel/speaker_test.ts: one of three speakers answers, and fails over by itself",
      "tests/kernel/speaker_ipv6_test.ts: one of three speakers answers for an IPv6 address",
    ),
    rule(
      "L3",
      "A pool that no advertisement covers is not announced.",
      `${MEMBERS}: no advertisement covers the pool`,
    ),
    rule(
      "L4",
      "`nodeSelectors` say which nodes may announce.",
      `${MEMBERS}: another zone is selected`,
      `${MEMBERS}: this zone is selected by the second of two`,
    ),
    rule(
      "L5",
      "`interfaces` say where an address is announced.",
      `${MEMBERS}: it has none of the named interfaces`,
      "tests/kernel/speaker_eligible_test.ts: advertisements choose nodes, interfaces and Services",
    ),
    rule(
      "L6",
      "`serviceSelectors` say for which Services an advertisement is.",
      `${MEMBERS}: the advertisement is for other Services`,
      `${MEMBERS}: selected by an advertisement that is for other Services`,
    ),
    rule(
      "L7",
      "A node with the label `node.kubernetes.io/exclude-from-external-load-balancers` is left out.",
      `${MEMBERS}: labelled to be left out`,
    ),
    rule(
      "L8",
      "A node whose network is unavailable is left out.",
      `${MEMBERS}: its network is unavailable`,
    ),
    rule(
      "L9",
      "With `externalTrafficPolicy: Local` only nodes with an endpoint of the Service answer.",
      "speaker/desired/endpoint_nodes_test.ts: endpointNodes() tells ready from serving",
      "tests/kernel/speaker_eligible_test.ts: with policy Local a ready endpoint counts before one…",
    ),
    rule(
      "L10",
      "Services that share an address are announced by one node.",
      "speaker/desired/endpoint_nodes_test.ts: commonNodes() has the nodes of both",
      `${MEMBERS}: shared, and selected for one Service only`,
    ),
    rule(
      "L11",
      "Excluded interfaces announce nothing; MetalLB's file says which, and its list by default.",
      "config/excluded_interfaces_test.ts: parseExcludedInterfaces() reads MetalLB's file",
      "tests/kernel/speaker_eligible_test.ts: an excluded interface announces nothing",
    ),
    rule(
      "L12",
      "ARP questions for a held address are answered, to the asker alone.",
      "speaker/respond/respond_test.ts: respond() answers ARP to the asker alone",
      "speaker/respond/respond_test.ts: respond() answers nothing but questions for what is held",
    ),
    rule(
      "L13",
      "Neighbour solicitations for a held address are answered.",
      "speaker/respond/respond_test.ts: respond() answers a solicitation to the asker alone…",
    ),
    rule(
      "L14",
      "Whoever takes an address announces it, as request and as reply, several times.",
      "speaker/wire/arp_test.ts: arpAnnouncements() names the address as sender and target…",
      "speaker/ownership/table_test.ts: a held address is announced at 0, 1.1, 2.2, 3.3 and 4.4 s…",
    ),
    rule(
      "L15",
      "A ServiceL2Status says which node announces, on which interfaces, and goes with the Service.",
      "tests/l2_status_stories.ts: a claim makes one object that says which node and interface",
      "tests/l2_status_stories.ts: whoever takes over puts its own in place of the other's",
    ),
    rule(
      "L16",
      "A restart of a speaker moves nothing.",
      "tests/kernel/speaker_stop_test.ts: SIGTERM keeps the addresses…",
    ),
  ],
};
