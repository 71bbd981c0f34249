/** The L2Advertisements that count, of those that were seen so far. */
export class AdvertisementsSeen<Advertisement> {
  readonly #staysInForce: boolean;
  #counting: ReadonlyMap<string, Advertisement> = new Map();

  /** @param options.staysInForce whether one that is deleted still counts, as it was last */
  constructor({ staysInForce }: { readonly staysInForce: boolean }) {
    this.#staysInForce = staysInForce;
  }

  /** Those that count, by key, now that the API has these. */
  see(now: ReadonlyMap<string, Advertisement>): ReadonlyMap<string, Advertisement> {
    this.#counting = this.#staysInForce ? new Map([...this.#counting, ...now]) : now;
    return this.#counting;
  }
}
