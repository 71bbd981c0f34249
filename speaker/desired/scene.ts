/** Everything but the Services that a decision depends on, by name. */
export type Scene = Readonly<Record<string, unknown>>;

/** Tells whether the scene is the one before. Mutable, but only to remember. */
export class Scenes {
  #last: Scene = {};

  /** The same object as before where every part is: the same value, or an array or Map of the same values. */
  same(scene: Scene): Scene {
    const before = this.#last;
    const names = Object.keys(scene);
    const isSame = names.length === Object.keys(before).length &&
      names.every((name) => isSameValue(scene[name], before[name]));
    if (!isSame) this.#last = scene;
    return this.#last;
  }
}

function isSameValue(a: unknown, b: unknown): boolean {
  if (a === b) return true;
  if (Array.isArray(a) && Array.isArray(b)) {
    return a.length === b.length && a.every((value, i) => value === b[i]);
  }
  if (!(a instanceof Map && b instanceof Map) || a.size !== b.size) return false;
  return a.entries().every(([key, value]) => b.get(key) === value);
}
