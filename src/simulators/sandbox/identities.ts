import express, { type Router } from 'express';
import { z } from 'zod';
import type { TencentSimulator } from '../tencent/simulator';
import { bodyAs } from './body';

const identitySchema = z.object({
  idNumber: z.string().min(1).max(40),
  name: z.string().min(1).max(100),
  phone: z.string().max(20).optional(),
  bankCard: z.string().max(40).optional(),
  answer: z.enum(['match', 'mismatch', 'no-record', 'unavailable']),
});

/** `PUT /identities`: what the identity service answers about a person. */
export function identityRoutes(tencent: TencentSimulator): Router {
  const router = express.Router();
  router.put('/identities', async (req, res) => {
    const person = bodyAs(req, identitySchema);
    await tencent.journal.record(person);
    res.json(person);
  });
  return router;
}
