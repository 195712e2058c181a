import pino, { type Logger } from 'pino';
import { requestId } from './observability/requestContext';
import { safely, withoutNumbers } from './security/redaction';

/** Keys whose values are a person's or a secret. Kept here, once, so that no log line depends on its author's memory. */
const PRIVATE_KEYS = [
  'name',
  'idNumber',
  'idCard',
  'phone',
  'mobile',
  'account',
  'accountNumber',
  'accountName',
  'address',
  'contact',
  'text',
  'title',
  'story',
  'diagnosis',
  'note',
  'password',
  'token',
  'secret',
  'key',
  'authorization',
  'cookie',
  // What a statement was sent with, what a request brought, and what an answer said.
  'sql',
  'bindings',
  'parameters',
  'detail',
  'body',
  'query',
  'url',
];

/** pino's paths are exact, so each key is named at the depths our log objects have: 0 to 3. */
function redactionPaths(): string[] {
  const depths = ['', '*.', '*.*.', '*.*.*.'];
  const headers = ['req.headers.authorization', 'req.headers.cookie', 'headers["set-cookie"]', '*.headers["set-cookie"]'];
  return [...PRIVATE_KEYS.flatMap((key) => depths.map((depth) => depth + key)), ...headers];
}

/**
 * A JSON-lines logger on standard output; `LOG_LEVEL` sets its level (default `info`).
 * Values under the keys of persons and secrets are replaced by `[private]`; of an error only its kind, code and stack are kept, never its message, which
 * may quote a statement with its values; what has the form of a citizen number, phone or card is replaced wherever it stands. Ids and fen may be logged.
 * @param name the process or room, written on each line as `from` (`name` itself is a person's)
 * @param destination where lines go; standard output when left out
 */
export function createLogger(name: string, destination?: pino.DestinationStream): Logger {
  const options: pino.LoggerOptions = {
    level: process.env.LOG_LEVEL || 'info',
    base: { from: name, pid: process.pid },
    redact: { paths: redactionPaths(), censor: '[private]' },
    timestamp: pino.stdTimeFunctions.isoTime,
    mixin: () => (requestId() === undefined ? {} : { requestId: requestId() }),
    // Before pino's own handling of errors, which would make the message of the line from the message of the error.
    hooks: {
      logMethod(args, method) {
        const [first, ...rest] = args as [unknown, ...unknown[]];
        const line = first instanceof Error ? { err: safely(first) } : safely(first);
        return Reflect.apply(method, this, [line, ...(rest.length === 0 && typeof line !== 'string' ? [''] : rest.map(safely))]);
      },
      streamWrite: withoutNumbers,
    },
  };
  return destination ? pino(options, destination) : pino(options);
}

/** Catches what nothing else caught: without it Node prints message and stack as they are. The process ends; its supervisor starts it again. */
export function logLastWords(log: Logger): void {
  const end = (error: unknown): void => {
    log.fatal({ err: error }, 'ended by an error that nothing caught');
    process.exit(1);
  };
  process.on('uncaughtException', end);
  process.on('unhandledRejection', end);
}

/** @returns what logs of Temporal's SDK are written by: the same rules for them. */
export function temporalLog(log: Logger): (entry: { level: string; message: string; meta?: unknown }) => void {
  const levels = { TRACE: 'trace', DEBUG: 'debug', INFO: 'info', WARN: 'warn', ERROR: 'error' } as const;
  return ({ level, message, meta }) => log[levels[level as keyof typeof levels] ?? 'info']({ sdk: meta ?? {} }, message);
}
