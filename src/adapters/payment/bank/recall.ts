import { z } from 'zod';
import type { RecallOrder, RecallOutcome, Recalls } from '../port';
import { readResolution, unreadable } from './camt029';
import { buildCamt056 } from './camt056';
import type { BankLinkConfig } from './config';
import { json } from './query';
import type { Answer, BankTransport } from './transport';

const absence = z.object({ code: z.literal('NOT_FOUND') });

/** Asks for one payout back. An answer that refuses the request as such says nothing of the recall: only a camt.029 does. */
export async function askRecall(transport: BankTransport, config: BankLinkConfig, recall: RecallOrder): Promise<RecallOutcome> {
  const xml = await buildCamt056(recall, config.initiatingParty, Date.now());
  return resolved(await transport.post('/camt.056', 'application/xml; charset=utf-8', xml), recall);
}

/** Asks what became of a recall, by its own id. */
export async function queryRecall(
  transport: BankTransport,
  { recallId, payoutId, custody }: Parameters<Recalls['query']>[0],
): ReturnType<Recalls['query']> {
  const answer = await transport.get(`/recalls/${encodeURIComponent(recallId)}?account=${encodeURIComponent(custody.accountNumber)}`);
  if (answer.kind === 'answer' && answer.status === 404 && absence.safeParse(json(answer.body)).success) return { kind: 'NOT_FOUND' };
  return resolved(answer, { recallId, payoutId });
}

async function resolved(answer: Answer, of: Pick<RecallOrder, 'recallId' | 'payoutId'>): Promise<RecallOutcome> {
  if (answer.kind === 'unknown') return { kind: 'UNKNOWN', reason: answer.reason };
  if (answer.status !== 200) return { kind: 'UNKNOWN', reason: `HTTP ${answer.status}` };
  return readResolution(answer.body, of).catch(unreadable);
}
