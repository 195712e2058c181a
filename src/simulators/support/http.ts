import express, { type ErrorRequestHandler, type NextFunction, type Request, type RequestHandler, type Response } from 'express';

/** Reads every body as bytes: signatures are over bytes, never over a re-serialised object. */
export const rawBody: RequestHandler = express.raw({ type: () => true, limit: '16mb' });

/** The body's bytes; empty when the request had none. */
export function bodyOf(req: Request): Buffer {
  return Buffer.isBuffer(req.body) ? req.body : Buffer.alloc(0);
}

/** One value of a query parameter or an empty string. */
export function queryOf(req: Request, name: string): string {
  const value = req.query[name];
  return typeof value === 'string' ? value : '';
}

/** One path parameter. */
export function paramOf(req: Request, name: string): string {
  const value = req.params[name];
  return typeof value === 'string' ? value : '';
}

/** An outcome that ends a request with this status. */
export class HttpError extends Error {
  constructor(
    readonly status: number,
    readonly code: string,
    message: string,
  ) {
    super(message);
  }
}

/** Answers an error that a router did not answer itself; `report` hears of those that are the simulator's own fault. */
export function lastErrorHandler(report: (error: unknown) => void): ErrorRequestHandler {
  return (error: unknown, _req: Request, res: Response, next: NextFunction) => {
    if (!(error instanceof HttpError)) report(error);
    if (res.headersSent) return next(error);
    const status = error instanceof HttpError ? error.status : 500;
    const code = error instanceof HttpError ? error.code : 'internal';
    res.status(status).json({ code, message: error instanceof Error ? error.message : String(error) });
  };
}
