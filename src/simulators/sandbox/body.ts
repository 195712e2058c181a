import type { Request } from 'express';
import { z } from 'zod';
import { HttpError } from '../support/http';

/** A JSON body or path parameters that fit the schema. @throws {HttpError} 400 that names the field. */
function fit<T extends z.ZodType>(schema: T, value: unknown): z.output<T> {
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  throw new HttpError(400, 'invalid', parsed.error.issues.map((issue) => `${issue.path.join('.')}: ${issue.message}`).join('; '));
}

/** The request's JSON body, fitted. */
export function bodyAs<T extends z.ZodType>(req: Request, schema: T): z.output<T> {
  return fit(schema, req.body);
}

export const clockIdSchema = z.string().min(1).max(200).nullable().default(null);
export const accountNumberSchema = z.string().regex(/^[0-9A-Za-z-]{5,34}$/);
export const bankCodeSchema = z.string().regex(/^\d{12}$/);
export const fenSchema = z
  .string()
  .regex(/^[1-9]\d{0,14}$/)
  .transform((text) => BigInt(text));
