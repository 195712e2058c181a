import type { AsyncCommand } from 'fast-check';
import { AUDIT_DEEDS } from './auditDeeds';
import type { Deed, DeedOf } from './deed';
import { Dice } from './dice';
import { FINANCE_DEEDS } from './financeDeeds';
import { properDeeds } from './goOn';
import { broken } from './invariants';
import { MONEY_DEEDS } from './moneyDeeds';
import { TROUBLE_DEEDS } from './troubleDeeds';
import { OVER, stateOf } from './views';
import { ACTORS, type ActorName, type Raise, type World } from './world';
import { WORLD_DEEDS } from './worldDeeds';

const REQUESTS: Readonly<Record<string, DeedOf>> = { ...AUDIT_DEEDS, ...MONEY_DEEDS, ...FINANCE_DEEDS, ...TROUBLE_DEEDS };
export const DEED_NAMES = [...Object.keys(REQUESTS), ...Object.keys(WORLD_DEEDS)];

/** What fast-check draws for a step: a deed by name, or `goOn` for whatever is proper next; the rolls of its choices; and who tries. */
export type Drawn = { readonly deed: string; readonly rolls: readonly number[]; readonly actor: number; readonly raise: number };
/** How often each deed was done, refused, or refused to somebody who may not: a walk that does nothing shows it. */
export type Tally = Map<string, { done: number; refused: number; forbidden: number }>;
/** The commands' model and real system; what the model knows lies with each raise. */
export type Walking = { readonly world: World; readonly tally: Tally; readonly trail: string[] };

/** One step of a walk: somebody does something, everything settles, and nothing that must hold is broken. */
export class Step implements AsyncCommand<object, Walking> {
  #told: string;

  constructor(private readonly drawn: Drawn) {
    this.#told = JSON.stringify(drawn);
  }

  check(): boolean {
    return true;
  }

  async run(_model: object, { world, tally, trail }: Walking): Promise<void> {
    const raise = world.raises[this.drawn.raise % world.raises.length]!;
    // Nobody has anything to do on a raise that is over; what is drawn by name is tried all the same.
    if (this.drawn.deed === 'goOn' && OVER.has(raise.look.campaign.phase)) return;
    const dice = new Dice(this.drawn.rolls);
    const name = this.drawn.deed === 'goOn' ? dice.pick(properDeeds(raise)) : this.drawn.deed;
    const at = () => `${raise.look.campaign.now} [${raise.look.campaign.phase}]`;
    const before = raise.look;
    const frozen = raise.memory.frozen;
    const others = world.raises.filter((other) => other !== raise);
    const act = WORLD_DEEDS[name]?.(world, raise, dice);
    const deed = act === undefined ? REQUESTS[name]!(world, raise, dice) : null;
    if (!act && !deed) return;
    const tried = deed ? await this.#try(world, deed) : await act!.then(() => ({ faults: [], outcome: 'done', isUnchanged: false }));
    raise.look = await world.settle(raise);
    for (const release of raise.look.campaign.releases)
      if (release.stage === 'publicity' && !raise.memory.publicSince.has(release.id))
        raise.memory.publicSince.set(release.id, Date.parse(before.campaign.now));
    if (before.campaign.closedAt === null && raise.look.campaign.closedAt !== null)
      raise.memory.judgeRoute(BigInt(raise.look.campaign.money.raisedFen));
    this.#told = `${at()} ${name} ${tried.outcome}`;
    trail.push(this.#told);
    const count = tally.get(name) ?? { done: 0, refused: 0, forbidden: 0 };
    tally.set(name, count);
    if (tried.outcome.startsWith('done')) count.done += 1;
    else if (tried.outcome.includes('forbidden')) count.forbidden += 1;
    else count.refused += 1;
    const faults = [...tried.faults];
    if (tried.isUnchanged && stateOf(before) !== stateOf(raise.look))
      faults.push(`refused, and yet something changed: ${difference(before, raise.look)}`);
    const rivalRan = others.some(isRunning);
    faults.push(...broken({ m: raise.memory, before, after: raise.look, rivalRan, frozenThroughout: frozen && raise.memory.frozen }));
    for (const other of others) {
      const wasBefore = other.look;
      const otherFrozen = other.memory.frozen;
      other.look = await world.settle(other);
      faults.push(...broken({ m: other.memory, before: wasBefore, after: other.look, rivalRan: isRunning(raise), frozenThroughout: otherFrozen }));
    }
    if (faults.length > 0) throw new Error(`${faults.join('\n')}\n--- the walk so far:\n${trail.join('\n')}`);
  }

  async #try(world: World, deed: Deed): Promise<{ faults: string[]; outcome: string; isUnchanged: boolean }> {
    const wrong = ACTORS.filter((name) => !deed.by.includes(name));
    const isPublic = deed.by.includes('public');
    const asks: readonly ActorName[] = [...deed.by, ...deed.by, ...deed.by, ...(isPublic ? [] : wrong)];
    const actor = this.drawn.actor === 0 ? deed.by[0]! : asks[this.drawn.actor % asks.length]!;
    await deed.prepare?.();
    const answer = await world.send(actor, deed.request);
    const faults: string[] = [];
    const may = deed.by.includes(actor);
    const isDone = answer.status < 300;
    const isKeptRefusal = Boolean(deed.refusalIsKept) && isDone && answer.body.outcome === 'refused';
    if (answer.status >= 500) faults.push(`${actor} was answered ${answer.said}`);
    if (!may && ![401, 403, 404].includes(answer.status)) faults.push(`${actor} may not, and was answered ${answer.status}`);
    if (deed.mustBeRefused && isDone && !isKeptRefusal) faults.push(`granted, against ${deed.mustBeRefused}: ${JSON.stringify(deed.request)}`);
    if (isDone && may) deed.learn?.(answer, actor);
    const by = isDone ? `done by ${actor}` : may ? `refused to ${actor}: ${answer.said}` : `forbidden to ${actor}`;
    return { faults, outcome: isKeptRefusal ? `refused by rule to ${actor}` : by, isUnchanged: !isDone };
  }

  toString(): string {
    return this.#told;
  }
}

const isRunning = ({ look: { campaign } }: Raise) => campaign.openedAt !== null && !OVER.has(campaign.phase);

function difference(before: Raise['look'], after: Raise['look']): string {
  const [b, a] = [before.campaign, after.campaign] as unknown as Record<string, unknown>[];
  const fields = Object.keys(a!).filter((key) => key !== 'now' && JSON.stringify(a![key]) !== JSON.stringify(b![key]));
  return fields.map((key) => `${key}: ${JSON.stringify(b![key])} → ${JSON.stringify(a![key])}`).join('; ') || 'the public page or the bank';
}
