import { z } from 'zod';
import { CASE_STATES } from '../records/conductCases';

const at = z.string().nullable();

/** A promoter by contract; no name. */
export const promoterAnswer = z
  .object({
    id: z.string(),
    contractRef: z.string(),
    staffId: z.string().nullable(),
    registeredAt: z.string(),
    trainedAt: at,
    leftAt: at,
    campaigns: z.int(),
    sanction: z.enum(['suspension', 'removal']).nullable(),
  })
  .openapi('Promoter');

/** A case as lists show it. */
export const conductCaseAnswer = z
  .object({
    id: z.string(),
    promoterId: z.string(),
    contractRef: z.string(),
    bottomLine: z.object({ id: z.string(), zh: z.string(), en: z.string() }),
    state: z.enum(CASE_STATES),
    openedAt: z.string(),
    outcome: z.enum(['breach', 'no-breach']).nullable(),
    sanction: z.enum(['warning', 'suspension', 'removal']).nullable(),
    suspendedUntil: at,
    reason: z.string().nullable(),
    decidedAt: at,
    appeal: z
      .object({ filedAt: z.string(), outcome: z.enum(['upheld', 'dismissed']).nullable(), reason: z.string().nullable(), decidedAt: at })
      .nullable(),
    acts: z.array(z.enum(['decide', 'decide-appeal'])),
  })
  .openapi('ConductCase');

/** A case with the words of both sides. */
export const readCaseAnswer = conductCaseAnswer.extend({ evidence: z.string(), appealText: z.string().nullable() }).openapi('ReadConductCase');
