import { Writable } from 'node:stream';
import { connect } from '../../src/database/connect';
import { createLogger, temporalLog } from '../../src/logging';
import { framesOf } from '../../src/security/redaction';
import { freshDatabase } from '../support/database';

const [NAME, ID_NUMBER, PHONE, CARD] = ['王金丝雀', '11010519491231002X', '13912345678', '6217001234567890123'];

function aLog(): { log: ReturnType<typeof createLogger>; text: () => string } {
  let text = '';
  const destination = new Writable({
    write: (chunk: Buffer, _encoding, done) => {
      text += chunk.toString();
      done();
    },
  });
  return { log: createLogger('test', destination), text: () => text };
}

/** An error as driver and Knex really make it, with the value that broke the rule. */
async function realErrors(): Promise<(Error & Record<string, unknown>)[]> {
  const fresh = await freshDatabase();
  const db = connect(fresh.ownerUrl, { max: 1 });
  const failure = (work: Promise<unknown>): Promise<Error & Record<string, unknown>> =>
    work.then(
      () => Promise.reject(new Error('it did not fail')),
      (error: Error & Record<string, unknown>) => error,
    );
  try {
    await db.raw('create table canary (name text primary key, n integer check (n > 0))');
    await db('canary').insert({ name: NAME, n: 1 });
    return [
      await failure(db('canary').insert({ name: NAME, n: 1 })),
      await failure(db('canary').insert({ name: `${NAME}2`, n: -1 })),
      await failure(Promise.resolve(db.raw('select ?::integer', [NAME]))),
    ];
  } finally {
    await db.destroy();
    await fresh.drop();
  }
}

test('what the database says of a failed statement, with its values, reaches no log by any way of logging it', async () => {
  const errors = await realErrors();
  // The test's own eyes: the driver does hand the values over.
  expect(errors.map((e) => `${e.message} ${String(e.detail)}`).join('\n')).toContain(NAME);
  const { log, text } = aLog();
  for (const error of errors) {
    log.error(error);
    log.error(error, 'it failed');
    log.error({ err: error }, 'it failed');
    log.error({ error });
    log.error({ step: { cause: error } }, 'it failed');
    log.error(new Error(`wrapped: ${error.message}`, { cause: error }));
    log.error({ errors: [error, new AggregateError([error])] }, 'many');
    temporalLog(log)({ level: 'WARN', message: 'Activity failed', meta: { error, activityId: '1' } });
  }
  expect(text()).not.toContain(NAME);
  expect(text()).toContain('23505');
  expect(text()).toContain('canary_pkey');
});

test('numbers of persons are struck out wherever they stand, ids, fen and times stay', () => {
  const { log, text } = aLog();
  log.info(`${ID_NUMBER} called from ${PHONE} about ${CARD}`);
  log.info({ subject: `x ${PHONE}`, deep: [{ any: ID_NUMBER }] }, 'asked');
  log.info({ payoutId: '01ARZ3NDEKTSV4RRFFQ69G5FAV', amountFen: 5_000_000n, atMs: 1795478891157 }, 'paid');
  for (const number of [ID_NUMBER, PHONE, CARD]) expect(text()).not.toContain(number);
  expect(text()).toContain('[number] called from [number] about [number]');
  expect(JSON.parse(text().trim().split('\n').at(-1)!)).toMatchObject({
    payoutId: '01ARZ3NDEKTSV4RRFFQ69G5FAV',
    amountFen: '5000000',
    atMs: 1795478891157,
    msg: 'paid',
  });
});

test('a stack is told without its message, however many lines that has', () => {
  const error = new Error(`insert into person\n    at ${NAME} (line)\n  ${NAME}`);
  expect(framesOf(error).join('\n')).not.toContain(NAME);
  expect(framesOf(error)[0]).toMatch(/^at .*logRedaction\.test\.ts/);
});

test.each([['bindings'], ['sql'], ['detail'], ['body'], ['url'], ['text']])('%s of anything is private', (key) => {
  const { log, text } = aLog();
  log.info({ [key]: NAME, request: { [key]: NAME } }, 'seen');
  expect(text()).not.toContain(NAME);
});
