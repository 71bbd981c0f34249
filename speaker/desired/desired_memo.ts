import { type Assignment, Readings } from "./assignments.ts";
import type { Claimable } from "./claimable.ts";
import { type Scene, Scenes } from "./scene.ts";
import { PreferredStanding, type Tiers, tiersOf } from "../ownership/preferred_standing.ts";
import type { Preferences } from "../ownership/rank.ts";
import type { Contest, Standing } from "../ownership/standing.ts";
import { Standings } from "../ownership/standings.ts";

const SETS_REMEMBERED = 1_000;

/** Remembers costly results of one node that depend on nothing but their arguments. Never changes an answer. */
export class DesiredMemo {
  /** What the Services say. */
  readonly readings = new Readings();
  readonly scenes = new Scenes();
  /** This node's, by address. */
  readonly #standings = new Standings();
  readonly #preferences = new Map<string, Preferences>();
  readonly #tiers = new WeakMap<readonly string[], { preferences: Preferences; tiers: Tiers }>();
  readonly #sets = new Map<string, readonly string[]>();
  readonly #claimables = new WeakMap<Assignment, { scene: Scene; claimable: Claimable }>();

  /** The same array for the same names. */
  intern(names: readonly string[]): readonly string[] {
    const text = names.join("\n");
    const known = this.#sets.get(text);
    if (known !== undefined) return known;
    this.#sets.set(text, names);
    return names;
  }

  /** The same Map for the same content. */
  internPreferences(preferences: Preferences): Preferences {
    const text = JSON.stringify([...preferences]);
    const known = this.#preferences.get(text);
    if (known !== undefined) return known;
    this.#preferences.set(text, preferences);
    return preferences;
  }

  /**
   * This node's standing for an address.
   *
   * @param eligible interned, as `preferences` is
   */
  standingOf(
    contest: Contest,
    eligible: readonly string[],
    preferences: Preferences | undefined,
  ): Standing {
    if (preferences === undefined) return this.#standings.of(contest, eligible);
    const tiers = this.#tiersOf(contest.node, eligible, preferences);
    const among = this.#standings.of(contest, tiers.equal);
    return new PreferredStanding(contest.node, { tiers, preferences, among });
  }

  /** What was made of the assignment in the same scene. */
  recall(assignment: Assignment, scene: Scene): Claimable | undefined {
    const known = this.#claimables.get(assignment);
    return known?.scene === scene ? known.claimable : undefined;
  }

  /** To be recalled, where it depends on the assignment and the scene alone. */
  remember(assignment: Assignment, scene: Scene, claimable: Claimable): void {
    this.#claimables.set(assignment, { scene, claimable });
  }

  /** Forgets addresses that are not assigned any more. */
  retain(keys: ReadonlySet<string>): void {
    if (this.#sets.size > SETS_REMEMBERED) this.#sets.clear();
    if (this.#preferences.size > SETS_REMEMBERED) this.#preferences.clear();
    this.#standings.retain(keys);
  }

  #tiersOf(node: string, eligible: readonly string[], preferences: Preferences): Tiers {
    const known = this.#tiers.get(eligible);
    if (known?.preferences === preferences) return known.tiers;
    const tiers = tiersOf(node, eligible, preferences);
    this.#tiers.set(eligible, { preferences, tiers });
    return tiers;
  }
}
