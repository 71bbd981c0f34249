import {
  decodeAddress,
  describeAddress,
  encodeAddress,
  encodeAddressDump,
  encodeAddressKey,
} from "./address.ts";
import {
  NLM_F_CREATE,
  NLM_F_REPLACE,
  RTM_DELADDR,
  RTM_GETADDR,
  RTM_GETLINK,
  RTM_NEWADDR,
  RTM_NEWLINK,
} from "./constants.ts";
import { ERRNO } from "./errno.ts";
import { NetlinkError, type Rejection } from "./errors.ts";
import { decodeLink, encodeLinkDump } from "./link.ts";
import { Conversation, type DumpRequest, type Request } from "./request.ts";
import type { Transport } from "./transport.ts";
import type { BatchOutcome, InterfaceAddress, Link, Route } from "./types.ts";

/** What a route socket is made of. */
export interface RouteDeps {
  /** A new NETLINK_ROUTE transport; called at once, and again after a request was cut short. */
  readonly open: () => Transport;
  /** What a person can do about this error number of a change. @default nothing */
  readonly hint?: (errno: number) => string | undefined;
}

/** The address is not there, or not even the link. */
const ALREADY_GONE: readonly number[] = [ERRNO.EADDRNOTAVAIL, ERRNO.ENODEV];

/** Links and addresses over one transport at a time; requests made meanwhile wait for their turn. */
export class RouteSocket implements Route {
  readonly #deps: RouteDeps;
  #conversation: Conversation | undefined;
  #turn: Promise<unknown> = Promise.resolve();
  #isClosed = false;

  /** @throws SyscallError when the first transport cannot be opened */
  constructor(deps: RouteDeps) {
    this.#deps = deps;
    this.#conversation = new Conversation(deps.open());
  }

  listLinks(signal: AbortSignal): Promise<readonly Link[]> {
    const request: DumpRequest<Link> = {
      type: RTM_GETLINK,
      flags: 0,
      payload: encodeLinkDump(),
      action: "list links",
      decode: ({ type, payload }) => type === RTM_NEWLINK ? decodeLink(payload) : undefined,
    };
    return this.#inTurn(signal, (conversation) => conversation.dump(request, signal));
  }

  listAddresses(signal: AbortSignal): Promise<readonly InterfaceAddress[]> {
    const request: DumpRequest<InterfaceAddress> = {
      type: RTM_GETADDR,
      flags: 0,
      payload: encodeAddressDump(),
      action: "list addresses",
      decode: ({ type, payload }) => type === RTM_NEWADDR ? decodeAddress(payload) : undefined,
    };
    return this.#inTurn(signal, (conversation) => conversation.dump(request, signal));
  }

  replaceAddresses(
    addresses: readonly InterfaceAddress[],
    signal: AbortSignal,
  ): Promise<readonly BatchOutcome[]> {
    const flags = NLM_F_CREATE | NLM_F_REPLACE;
    return this.#change(addresses, signal, {
      request: (address) => ({ type: RTM_NEWADDR, flags, payload: encodeAddress(address) }),
      verb: "set",
      successes: [],
    });
  }

  deleteAddresses(
    addresses: readonly InterfaceAddress[],
    signal: AbortSignal,
  ): Promise<readonly BatchOutcome[]> {
    return this.#change(addresses, signal, {
      request: (address) => ({
        type: RTM_DELADDR,
        flags: 0,
        payload: encodeAddressKey(address),
      }),
      verb: "delete",
      successes: ALREADY_GONE,
    });
  }

  moveAddresses(
    addresses: readonly InterfaceAddress[],
    signal: AbortSignal,
  ): Promise<readonly BatchOutcome[]> {
    const moves = addresses.map((address) => ({ address, steps: moveSteps(address) }));
    return this.#inTurn(signal, async (conversation) => {
      const answers = await conversation.acknowledge(
        moves.flatMap(({ steps }) => steps),
        (step) => step,
        signal,
      );
      let next = 0;
      return moves.map(({ address, steps }): BatchOutcome => {
        const rejections = answers.slice(next, next += steps.length);
        const rejection = rejections.find((other, i) =>
          other !== undefined && !steps[i]?.successes.includes(other.errno)
        );
        return rejection && this.#refused("move", address, rejection);
      });
    });
  }

  [Symbol.dispose](): void {
    this.#isClosed = true;
    this.#hangUp();
  }

  #change(
    addresses: readonly InterfaceAddress[],
    signal: AbortSignal,
    how: {
      readonly request: (address: InterfaceAddress) => Request;
      readonly verb: string;
      readonly successes: readonly number[];
    },
  ): Promise<readonly BatchOutcome[]> {
    return this.#inTurn(signal, async (conversation) => {
      const answers = await conversation.acknowledge(addresses, how.request, signal);
      return addresses.map((address, i): BatchOutcome => {
        const rejection = answers[i];
        if (rejection === undefined || how.successes.includes(rejection.errno)) return undefined;
        return this.#refused(how.verb, address, rejection);
      });
    });
  }

  #refused(verb: string, address: InterfaceAddress, rejection: Rejection): NetlinkError {
    const action = `${verb} address ${describeAddress(address)}`;
    return new NetlinkError(action, rejection, this.#deps.hint?.(rejection.errno));
  }

  /** After anything but the kernel's own "no", stray answers may follow: the transport is given up. */
  #inTurn<T>(signal: AbortSignal, talk: (conversation: Conversation) => Promise<T>): Promise<T> {
    const work = async (): Promise<T> => {
      signal.throwIfAborted();
      if (this.#isClosed) throw new Error("Cannot ask the kernel: the route socket is closed");
      try {
        return await talk(this.#conversation ??= new Conversation(this.#deps.open()));
      } catch (error) {
        if (!(error instanceof NetlinkError)) this.#hangUp();
        throw error;
      }
    };
    const result = this.#turn.then(work);
    // The next turn comes whatever became of this one; its caller has the error.
    this.#turn = result.catch(() => undefined);
    return result;
  }

  #hangUp(): void {
    this.#conversation?.[Symbol.dispose]();
    this.#conversation = undefined;
  }
}

interface MoveStep extends Request {
  /** Error numbers that do not matter. */
  readonly successes: readonly number[];
}

/**
 * A new address goes to the end of the list, and one that is replaced stays where it is. To the kernel the same
 * address with another prefix length is another one (find_matching_ifa in net/ipv4/devinet.c), and as long as
 * one of the two is there, so is the local route that it answers by. So a stand-in covers the move.
 */
function moveSteps(address: InterfaceAddress): readonly MoveStep[] {
  const standIn = { ...address, prefixLength: address.prefixLength - 1 };
  const add = (what: InterfaceAddress): MoveStep => ({
    type: RTM_NEWADDR,
    flags: NLM_F_CREATE | NLM_F_REPLACE,
    payload: encodeAddress(what),
    successes: [],
  });
  const remove = (what: InterfaceAddress): MoveStep => ({
    type: RTM_DELADDR,
    flags: 0,
    payload: encodeAddressKey(what),
    successes: ALREADY_GONE,
  });
  return [add(standIn), remove(address), add(address), remove(standIn)];
}
