const DIGITS = ['零', '壹', '贰', '叁', '肆', '伍', '陆', '柒', '捌', '玖'] as const;
const PLACES = ['', '拾', '佰', '仟'] as const;
/** Fifteen digits of fen, as on the wire: up to 玖万玖仟玖佰玖拾玖亿…. */
const LARGEST_FEN = 999_999_999_999_999n;

/**
 * An amount in the capitals that Chinese banks and receipts are filled in with (大写), from integer fen and never from a float.
 * Source: 支付结算办法, annex 1 正确填写票据和结算凭证的基本规定: 整 after 元 or 角 and never after 分; one 零 for any zeros between digits; 零 after 元
 * where 角 is 0 and 分 is not. Where the annex leaves a 零 open (角 after a zero in the place of 元), none is written.
 * @param amountFen integer fen, 0 to 15 digits. @returns e.g. 4434400n → `肆万肆仟叁佰肆拾肆元整`; 人民币 goes directly before it.
 * @throws {RangeError} below zero or above fifteen digits.
 */
export function chineseCapitals(amountFen: bigint): string {
  if (amountFen < 0n || amountFen > LARGEST_FEN) throw new RangeError(`Capitals are written for 0 to ${LARGEST_FEN} fen, not ${amountFen}`);
  const yuan = amountFen / 100n;
  const jiao = Number((amountFen / 10n) % 10n);
  const fen = Number(amountFen % 10n);
  if (amountFen === 0n) return '零元整';
  const whole = yuan === 0n ? '' : `${wholeYuan(yuan)}元`;
  if (jiao === 0 && fen === 0) return `${whole}整`;
  const tenths = jiao > 0 ? `${DIGITS[jiao]}角` : yuan > 0n ? '零' : '';
  return `${whole}${tenths}${fen > 0 ? `${DIGITS[fen]}分` : '整'}`;
}

/** Digit by digit from the left; 万 closes a group of four that is not all zeros, 亿 everything before the last eight. */
function wholeYuan(yuan: bigint): string {
  const digits = yuan.toString();
  let text = '';
  let zeros = false;
  for (const [i, character] of [...digits].entries()) {
    const place = digits.length - 1 - i;
    const digit = Number(character);
    if (digit === 0) zeros = true;
    else {
      text += `${zeros ? '零' : ''}${DIGITS[digit]}${PLACES[place % 4]}`;
      zeros = false;
    }
    if (place % 8 === 4 && Number(digits.slice(Math.max(0, i - 3), i + 1)) > 0) text += '万';
    if (place === 8) text += '亿';
  }
  return text;
}
