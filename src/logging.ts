import pino, { type Logger } from 'pino';

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
  'password',
  'token',
  'secret',
  'authorization',
  'cookie',
];

/** pino's paths are exact, so each key is named at the depths our log objects have: 0 to 3. */
function redactionPaths(): string[] {
  const depths = ['', '*.', '*.*.', '*.*.*.'];
  const headers = ['req.headers.authorization', 'req.headers.cookie', 'headers["set-cookie"]', '*.headers["set-cookie"]'];
  return [...PRIVATE_KEYS.flatMap((key) => depths.map((depth) => depth + key)), ...headers];
}

/**
 * A JSON-lines logger on standard output; `LOG_LEVEL` sets its level (default `info`).
 * Values under the keys of persons and secrets are replaced by `[private]`; ids and fen may be logged.
 * @param name the process or room, written on each line as `from` (`name` itself is a person's)
 * @param destination where lines go; standard output when left out
 */
export function createLogger(name: string, destination?: pino.DestinationStream): Logger {
  const options = {
    level: process.env.LOG_LEVEL || 'info',
    base: { from: name, pid: process.pid },
    redact: { paths: redactionPaths(), censor: '[private]' },
    timestamp: pino.stdTimeFunctions.isoTime,
  };
  return destination ? pino(options, destination) : pino(options);
}
