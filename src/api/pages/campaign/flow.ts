import { formatYuan } from '../../../domain/money';
import type { PublicCampaign } from '../../routes/public';
import { share } from '../format';
import { html, type Html } from '../html';
import type { TextKey } from '../text/catalogue';
import type { Visit } from '../visit';

/** Drawn for the narrowest telephone; wider screens show it as large as `.flow` lets them. */
const WIDTH = 360;
const [FROM, INTO] = [14, 346];
/** The height of all that was raised. */
const TALL = 150;
/** Two lines of words, and room between them. */
const SLOT = 44;

interface Branch {
  readonly key: TextKey;
  readonly tone: string;
  readonly amountFen: bigint;
}

/** @returns where raised money is now; together all of it. Receipts that say more than was paid (a payment sent back since) take nothing from the others. */
function branchesOf(money: PublicCampaign['money']): Branch[] {
  const netFen = money.paidFen! - money.feesFen!;
  const signedFen = money.receiptConfirmedFen! < netFen ? money.receiptConfirmedFen! : netFen;
  const all: Branch[] = [
    { key: 'flow.signed', tone: 'paid', amountFen: signedFen },
    { key: 'flow.unsigned', tone: 'unsigned', amountFen: netFen - signedFen },
    { key: 'flow.fees', tone: 'aside', amountFen: money.feesFen! },
    { key: 'flow.pending', tone: 'pending', amountFen: money.pendingFen! },
    { key: 'flow.refunded', tone: 'refunded', amountFen: money.refundedFen! },
  ];
  return all.filter(({ amountFen }) => amountFen > 0n);
}

/** The way of the money, drawn: from all that was raised to where it is now, each as wide as it is much. The table below says the same in numbers. */
export function flow({ t }: Visit, money: PublicCampaign['money']): Html | null {
  const raisedFen = money.raisedFen!;
  const branches = raisedFen > 0n ? branchesOf(money) : [];
  if (branches.length === 0) return null;
  const thick = (amountFen: bigint): number => Math.max(2, (Number((amountFen * 1000n) / raisedFen) * TALL) / 1000);
  const slots = branches.map(({ amountFen }) => Math.max(SLOT, thick(amountFen) + 12));
  const height = slots.reduce((sum, slot) => sum + slot, 0);
  const top = Math.max(0, (height - branches.reduce((sum, { amountFen }) => sum + thick(amountFen), 0)) / 2);
  let [left, right] = [top, 0];
  const drawn = branches.map(({ key, tone, amountFen }, i) => {
    const [wide, middle] = [thick(amountFen), right + slots[i]! / 2];
    const [a, b] = [left, middle - wide / 2];
    left += wide;
    right += slots[i]!;
    const half = (FROM + INTO) / 2;
    const way = `M${FROM} ${a}C${half} ${a} ${half} ${b} ${INTO} ${b}V${b + wide}C${half} ${b + wide} ${half} ${a + wide} ${FROM} ${a + wide}Z`;
    return html`<path class="flow-${tone}" d="${way}"/><rect class="bar-${tone}" x="${INTO}" y="${b}" width="8" height="${wide}"/>
<text x="${INTO - 8}" y="${middle - 3}" text-anchor="end">${t(key)}</text><text class="strong" x="${INTO - 8}" y="${middle + 13}" text-anchor="end">${formatYuan(amountFen)} · ${share(amountFen, raisedFen)}</text>`;
  });
  const said = branches.map(({ key, amountFen }) => `${t(key)} ${formatYuan(amountFen)}`).join(' · ');
  return html`<figure class="card flow-card"><figcaption>${t('flow.title', { raised: formatYuan(raisedFen) })}</figcaption>
<svg class="flow" viewBox="0 0 ${WIDTH} ${height}" role="img" aria-label="${t('flow.title', { raised: formatYuan(raisedFen) })}: ${said}"><rect class="bar-in" x="${FROM - 8}" y="${top}" width="8" height="${left - top}"/>${drawn}</svg></figure>`;
}
