import type { Scenario } from "../scenario.ts";
import { ALLOCATION } from "./allocation.ts";
import { CONFIGURATION } from "./configuration.ts";
import { FAMILIES } from "./families.ts";
import { CHANGED_REQUESTS } from "./changed_requests.ts";
import { KEEPING, LIVES } from "./keeping.ts";
import { REQUESTS } from "./requests.ts";
import { RESTARTS } from "./restarts.ts";
import { SERVICE_ALLOCATION } from "./service_allocation.ts";
import { SHARING } from "./sharing.ts";

/** All scenarios, each of which begins with nothing. */
export const SCENARIOS: readonly Scenario[] = [
  ...CONFIGURATION,
  ...REQUESTS,
  ...CHANGED_REQUESTS,
  ...ALLOCATION,
  ...SERVICE_ALLOCATION,
  ...SHARING,
  ...FAMILIES,
  ...KEEPING,
  ...LIVES,
  ...RESTARTS,
];
