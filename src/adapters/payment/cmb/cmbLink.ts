import type { BankLink } from '../port';
import type { CmbConfig } from './config';
import { checkAccountName } from './nameCheck';
import { readPush } from './notices';
import { pay } from './pay';
import { query } from './query';
import { statement } from './statement';
import { CmbTransport } from './transport';

export type { CmbConfig } from './config';

/**
 * China Merchants Bank's direct link as a payment rail: single payment, query, the lines and statement of a day, and its pushes. SM2 signs, SM4 encrypts.
 * What the published facts leave open, and what was chosen: docs/decisions/0021-cmb.md. Create it once per process.
 */
export function createCmbLink(config: CmbConfig): BankLink {
  const transport = new CmbTransport(config);
  return {
    submit: (order) => pay(transport, order),
    query: (payoutId, custodyAccountNumber) => query(transport, payoutId, custodyAccountNumber),
    checkAccountName: (account) => checkAccountName(transport, account),
    parseNotice: async (rawBody) => readPush(config, rawBody),
    statement: (accountNumber, date) => statement(transport, accountNumber, date),
  };
}
