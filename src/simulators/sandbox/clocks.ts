import express, { type Router } from 'express';
import { z } from 'zod';
import type { Clocks } from '../support/clocks';
import { ClockWouldGoBack } from '../support/clocks';
import { HttpError, paramOf } from '../support/http';
import { bodyAs } from './body';

const moveSchema = z.object({ now: z.iso.datetime({ offset: true }) });

/** `PUT /clocks/:clockId {now}` creates or moves a business clock; `GET` tells where it stands. */
export function clockRoutes(clocks: Clocks): Router {
  const router = express.Router();
  router.put('/clocks/:clockId', async (req, res) => {
    const { now } = bodyAs(req, moveSchema);
    try {
      res.json(await clocks.move(paramOf(req, 'clockId'), Date.parse(now)));
    } catch (error) {
      if (error instanceof ClockWouldGoBack) throw new HttpError(409, 'clock_backwards', error.message);
      throw error;
    }
  });
  router.get('/clocks/:clockId', (req, res) => {
    res.json(clocks.report(paramOf(req, 'clockId')));
  });
  return router;
}
