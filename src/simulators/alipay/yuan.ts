/** Yuan with two decimals, below zero with a minus. */
export function yuan(fen: bigint): string {
  const most = fen < 0n ? -fen : fen;
  return `${fen < 0n ? '-' : ''}${most / 100n}.${String(most % 100n).padStart(2, '0')}`;
}

/** @returns fen; null where the text is no amount from 0.01 to 100,000,000.00 with at most two decimals. */
export function fenOfYuan(value: unknown): bigint | null {
  const match = typeof value === 'string' ? /^(\d{1,9})(?:\.(\d{1,2}))?$/.exec(value) : null;
  if (match === null) return null;
  const fen = BigInt((match[1] ?? '') + (match[2] ?? '').padEnd(2, '0'));
  return fen >= 1n && fen <= 10_000_000_000n ? fen : null;
}
