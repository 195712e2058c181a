import { html, type Html } from './html';

/** Drawn on a ruler of so many units; the stylesheet gives width and height. */
const RULER = 1000n;

/** @returns how far `part` reaches on the ruler; what is more than nothing is seen. */
function reach(part: bigint, whole: bigint): bigint {
  if (whole <= 0n || part <= 0n) return 0n;
  const units = (part * RULER) / whole;
  return units < 4n ? 4n : units > RULER ? RULER : units;
}

/** @returns a bar of `part` in `whole`. Decoration: the numbers beside it say the same. */
export function bar(part: bigint, whole: bigint, tone = 'in'): Html {
  return html`<svg class="bar" viewBox="0 0 ${RULER} 10" preserveAspectRatio="none" aria-hidden="true" focusable="false"><rect class="bar-back" width="${RULER}" height="10"/><rect class="bar-${tone}" width="${reach(part, whole)}" height="10"/></svg>`;
}

/** @returns one bar cut into parts, which together are the whole. */
export function stackedBar(parts: readonly { readonly amountFen: bigint; readonly tone: string }[]): Html {
  const whole = parts.reduce((sum, part) => sum + part.amountFen, 0n);
  let from = 0n;
  const segments = parts.map(({ amountFen, tone }) => {
    const width = reach(amountFen, whole);
    const segment = width > 0n && html`<rect class="bar-${tone}" x="${from}" width="${width}" height="10"/>`;
    from += width;
    return segment;
  });
  return html`<svg class="bar thick" viewBox="0 0 ${from > RULER ? from : RULER} 10" preserveAspectRatio="none" aria-hidden="true" focusable="false"><rect class="bar-back" width="${RULER}" height="10"/>${segments}</svg>`;
}
