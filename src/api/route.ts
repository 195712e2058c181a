import { OpenAPIRegistry } from '@asteasolutions/zod-to-openapi';
import { createHash } from 'node:crypto';
import express, { type Express, type Request, type RequestHandler, type Response } from 'express';
import type { z } from 'zod';
import { type Database, inTransaction, row, type Transaction } from '../database/connect';
import { canonicalJson } from '../domain/canonical';
import { DomainError, type FieldError, invalidFields } from '../domain/errors';
import { readUpload, sendFile, type SentFile, type Upload, type UploadLimits } from './files';
import { type Actor, actorOf } from '../access/actors';
import { mustBeTheirs, objectIn } from '../access/owners';
import { askedBy } from '../observability/requestContext';
import { type Act, isPublic, mustBeAllowed, POLICY } from '../access/policy';
import type { PersonalData } from '../security/personalData';
import { fieldErrors } from './text/issues';
import { rulesBehind } from './text/rulesOfFields';

interface Shape {
  readonly params?: z.ZodObject;
  readonly query?: z.ZodObject;
  readonly body?: z.ZodType;
}

type Of<S, K extends keyof Shape> = S extends { readonly [P in K]: z.ZodType } ? z.infer<S[K]> : Record<string, never>;

/** What a handler gets: checked input, the actor, and the one transaction that the request is. */
export interface Call<S extends Shape> {
  readonly params: Of<S, 'params'>;
  readonly query: Of<S, 'query'>;
  readonly body: Of<S, 'body'>;
  readonly actor: Actor;
  readonly tx: Transaction;
  readonly db: Database;
  /** The actor's Idempotency-Key, unique over all actors. */
  readonly requestKey: string;
  /** The bytes that were sent, on a route with `upload`. */
  readonly upload: Upload;
}

export interface Answer {
  readonly status: number;
  readonly body?: unknown;
  /** Bytes instead of a body; sent after the transaction has committed. */
  readonly file?: SentFile;
  /** Sends the answer bit by bit, after the transaction has committed, and ends it. */
  readonly stream?: (res: Response) => Promise<void>;
}

export interface RouteSpec<S extends Shape> {
  readonly method: 'get' | 'post' | 'put';
  /** OpenAPI form: `/v1/campaigns/{id}`. */
  readonly path: string;
  readonly summary: string;
  readonly tag: string;
  /** What is done here; the policy says who may. Nothing is reachable without one: default deny. */
  readonly act: Act;
  readonly input: S;
  readonly answers: Readonly<Record<number, { readonly description: string; readonly schema?: z.ZodType }>>;
  /** Required on money: the key with the request's hash is kept for ever, and the same request gets the same answer. */
  readonly idempotencyKey?: boolean;
  /** The handler talks to the outside in the middle: it opens its own transactions and keeps its own promise under requestKey. */
  readonly ownTransactions?: boolean;
  /** Open to a person who must still set up their second factor. */
  readonly beforeSecondFactor?: boolean;
  /** The body is a file's bytes as they are, not JSON: read once the caller is known. */
  readonly upload?: UploadLimits;
  /** The answer's media types, where it is a file and not JSON. */
  readonly sends?: readonly string[];
  readonly handler: (call: Call<S>) => Promise<Answer>;
}

/** Keeps types together while a list of routes of different shapes is built. */
export function route<const S extends Shape>(spec: RouteSpec<S>): RouteSpec<Shape> {
  return spec as unknown as RouteSpec<Shape>;
}

/** Puts routes on the app: read → who → may they → check input → whose is it → handle in one transaction → answer. */
export function mount(app: Express, db: Database, personalData: PersonalData, routes: readonly RouteSpec<Shape>[]): void {
  for (const spec of routes) {
    const object = isPublic(spec.act) ? null : objectIn(spec.path);
    app[spec.method](spec.path.replace(/\{(\w+)\}/g, ':$1'), async (req: Request, res: Response) => {
      const actor = await whoMay(db, req, spec);
      const key = spec.idempotencyKey ? keyOfRequest(req) : null;
      const input = {
        params: check(spec.input.params, req.params, 'params'),
        query: check(spec.input.query, req.query, 'query'),
        body: check(spec.input.body, req.body, ''),
      };
      if (object) await mustBeTheirs(db, actor, spec.act, object.kind, (input.params as Record<string, string>)[object.param]!);
      const upload = spec.upload ? await readUpload(req, res, spec.upload) : undefined;
      const requestKey = `${actor.id}/${key ?? ''}`;
      // Of a file the bytes are what was asked.
      const asked = upload ? { sha256: createHash('sha256').update(upload.bytes).digest('hex'), mediaType: upload.mediaType } : input.body;
      const call = { ...input, actor, db, requestKey, upload } as Omit<Call<Shape>, 'tx'>;
      const answer = spec.ownTransactions
        ? await spec.handler({ ...call, tx: undefined as never })
        : await inTransaction(db, (tx) =>
            key === null
              ? spec.handler({ ...call, tx })
              : answeredOnce(tx, personalData, actor, key, `${spec.method} ${req.path}`, asked, () => spec.handler({ ...call, tx })),
          );
      res.status(answer.status);
      if (answer.file) sendFile(res, answer.file);
      else if (answer.stream) await answer.stream(res);
      else if (answer.body === undefined) res.end();
      else res.json(answer.body);
    });
  }
}

/** Reads JSON bodies, but those of routes that take a file: these read their bytes themselves, once they know who sends them. */
export function jsonBodies(routes: readonly RouteSpec<Shape>[]): RequestHandler {
  const json = express.json({ limit: '1mb', strict: true });
  const files = routes.filter((each) => each.upload).map((each) => new RegExp(`^${each.path.replace(/\{\w+\}/g, '[^/]+')}$`));
  return (req, res, next) => (files.some((path) => path.test(`${req.baseUrl}${req.path}`)) ? next() : json(req, res, next));
}

/** Answers methods that an address does not take: 405 with `Allow` (RFC 9110, 15.5.6); OPTIONS is answered what it does take. Mounted after the routes. */
export function mountMethods(app: Express, routes: readonly RouteSpec<Shape>[]): void {
  for (const path of new Set(routes.map((each) => each.path))) {
    const taken = routes.filter((each) => each.path === path).map((each) => each.method.toUpperCase());
    const allowed = [...taken, ...(taken.includes('GET') ? ['HEAD'] : []), 'OPTIONS'].join(', ');
    app.all(path.replace(/\{(\w+)\}/g, ':$1'), (req: Request, res: Response) => {
      res.set('Allow', allowed);
      if (req.method === 'OPTIONS') {
        res.status(204).end();
        return;
      }
      throw new DomainError('request.method_not_allowed', { zh: `该地址支持：${allowed}`, en: `This address takes ${allowed}` });
    });
  }
}

/** Describes routes for the OpenAPI document, from the schemas that validate them. */
export function describe(registry: OpenAPIRegistry, routes: readonly RouteSpec<Shape>[], problem: z.ZodType): void {
  for (const spec of routes) {
    registry.registerPath({
      method: spec.method,
      path: spec.path,
      summary: spec.summary,
      tags: [spec.tag],
      security: isPublic(spec.act) ? [] : [{ bearer: [] }],
      'x-act': spec.act,
      'x-roles': [...POLICY[spec.act]],
      request: {
        ...(spec.input.params ? { params: spec.input.params } : {}),
        ...(spec.input.query ? { query: spec.input.query } : {}),
        ...(spec.upload
          ? {
              body: {
                required: true,
                content: { ...binary(spec.upload.mediaTypes), ...(spec.upload.json ? { 'application/json': { schema: spec.upload.json } } : {}) },
              },
            }
          : {}),
        // A body none of whose fields is required may be left out.
        ...(spec.input.body
          ? { body: { required: !spec.input.body.safeParse({}).success, content: { 'application/json': { schema: spec.input.body } } } }
          : {}),
      },
      parameters: spec.idempotencyKey
        ? [
            {
              name: 'Idempotency-Key',
              in: 'header',
              required: true,
              schema: { type: 'string', minLength: 1, maxLength: 200 },
              description: 'Kept for ever with the hash of the request.',
            },
          ]
        : [],
      responses: {
        ...Object.fromEntries(
          Object.entries(spec.answers).map(([status, a]) => [
            status,
            {
              description: a.description,
              ...(spec.sends ? { content: binary(spec.sends) } : {}),
              ...(a.schema ? { content: { 'application/json': { schema: a.schema } } } : {}),
            },
          ]),
        ),
        429: {
          description:
            'Too many requests of this key, session or address (`rate.limited`): try again after `Retry-After` seconds. Nothing was changed.',
          headers: {
            'Retry-After': { schema: { type: 'integer' }, description: 'Seconds.' },
            'RateLimit-Limit': { schema: { type: 'integer' }, description: 'Requests in the window.' },
            'RateLimit-Remaining': { schema: { type: 'integer' }, description: 'Requests left in it.' },
            'RateLimit-Reset': { schema: { type: 'integer' }, description: 'Seconds until it begins anew.' },
          },
          content: { 'application/problem+json': { schema: problem } },
        },
        default: {
          description: 'A problem (RFC 9457) naming field and rule; nothing was changed.',
          content: { 'application/problem+json': { schema: problem } },
        },
      },
    } as Parameters<OpenAPIRegistry['registerPath']>[0]);
  }
}

function binary(mediaTypes: readonly string[]): Record<string, { schema: { type: 'string'; format: 'binary' } }> {
  return Object.fromEntries(mediaTypes.map((type) => [type, { schema: { type: 'string', format: 'binary' } }]));
}

/** Who asks where anybody may. */
export const NOBODY: Actor = {
  id: 'public',
  role: 'platform',
  name: 'public',
  tenantId: null,
  institutionId: null,
  sessionId: null,
  enrolsOnly: false,
  scopes: null,
};

async function whoMay(db: Database, req: Request, { act, beforeSecondFactor }: RouteSpec<Shape>): Promise<Actor> {
  if (isPublic(act)) return NOBODY;
  const secret = /^Bearer ([\w-]+)$/.exec(req.get('authorization') ?? '')?.[1];
  if (!secret)
    throw new DomainError(
      'auth.required',
      { zh: '请以 `Authorization: Bearer …` 发送密钥或会话', en: 'Send a key or session as `Authorization: Bearer …`' },
      { field: 'Authorization' },
    );
  const actor = await actorOf(db, secret);
  askedBy(actor.role);
  mustBeAllowed(actor, act);
  if (actor.enrolsOnly && !beforeSecondFactor)
    throw new DomainError('auth.second_factor_required', {
      zh: '请先设置动态口令（POST /v1/me/second-factor），再继续',
      en: 'Set up your second factor first (POST /v1/me/second-factor), then go on',
    });
  return actor;
}

function keyOfRequest(req: Request): string {
  const key = req.get('idempotency-key') ?? '';
  if (key.length < 1 || key.length > 200)
    throw new DomainError(
      'request.key_missing',
      {
        zh: '请发送 1 至 200 个字符的 Idempotency-Key：每件事一个，重试时不变',
        en: 'Send an Idempotency-Key of 1 to 200 characters: one per thing you want done, the same on every retry',
      },
      { field: 'Idempotency-Key' },
    );
  return key;
}

function check(schema: z.ZodType | undefined, value: unknown, where: string): unknown {
  if (!schema) return {};
  const checked = schema.safeParse(value ?? {}, { reportInput: true });
  if (checked.success) return checked.data;
  const errors = fieldErrors(checked.error.issues, where ? [where] : []) as [FieldError, ...FieldError[]];
  throw invalidFields(errors, rulesBehind(errors));
}

/** Answers hold keys of pages and what people wrote: they are kept sealed. */
const ANSWER = 'idempotency.answer';

/**
 * Runs a handler once per actor and key, in the same transaction as what it does: a crash leaves either both or neither. A second request under
 * the key waits for the first one's transaction and gets its answer.
 */
export async function answeredOnce(
  tx: Transaction,
  personalData: PersonalData,
  actor: Actor,
  key: string,
  what: string,
  body: unknown,
  handle: () => Promise<Answer>,
): Promise<Answer> {
  const hash = createHash('sha256')
    .update(`${what}\n${canonicalJson(body)}`)
    .digest();
  const inserted = (await tx.raw('insert into idempotency (actor, key, request_hash) values (?, ?, ?) on conflict do nothing returning key', [
    actor.id,
    key,
    hash,
  ])) as { rows: unknown[] };
  if (inserted.rows.length === 0) {
    const before = (await row<{ request_hash: Buffer; status: number; body_enc: Buffer | null }>(
      tx,
      'select request_hash, status, body_enc from idempotency where actor = ? and key = ?',
      [actor.id, key],
    ))!;
    if (!before.request_hash.equals(hash))
      throw new DomainError(
        'request.key_reused',
        {
          zh: '该 Idempotency-Key 已用于另一请求；新的事项请用新的键',
          en: 'This Idempotency-Key was used for another request; use a new key for a new thing',
        },
        {
          field: 'Idempotency-Key',
        },
      );
    return { status: before.status, body: before.body_enc === null ? undefined : JSON.parse(personalData.openForHouse(before.body_enc, ANSWER)) };
  }
  const answer = await handle();
  const text = answer.body === undefined ? null : JSON.stringify(answer.body, (_k, v: unknown) => (typeof v === 'bigint' ? v.toString() : v));
  const sealed = text === null ? null : personalData.sealForHouse(text, ANSWER);
  await tx.raw('update idempotency set status = ?, body_enc = ? where actor = ? and key = ?', [answer.status, sealed, actor.id, key]);
  return answer;
}
