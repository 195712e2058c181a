import createClient from 'openapi-fetch';
import type { paths } from '../../../dist/openapi/schema';
import { currentLanguage } from '../parts/preferences';
import { type Problem, ProblemError } from './problem';

/** The public API, typed by its own document. The log-in is in a cookie that no script reads; the header says that it is the console which asks. */
export const api = createClient<paths>({ baseUrl: '/', headers: { 'x-almoner-console': '1' } });

api.use({
  onRequest({ request }) {
    request.headers.set('accept-language', currentLanguage() === 'zh' ? 'zh-CN' : 'en');
    return request;
  },
  async onResponse({ response }) {
    // The session has ended: log in, and come back to exactly this.
    if (response.status === 401 && !(await isWrongProof(response))) toLogIn();
  },
});

/** @returns whether a person mistyped password or code on showing once more that it is them: the session stands, and the dialog says so. */
async function isWrongProof(response: Response): Promise<boolean> {
  const { code } = (await response
    .clone()
    .json()
    .catch(() => ({}))) as { code?: string };
  return code === 'auth.bad_credentials' || code === 'auth.bad_code';
}

/** Leaves for the log-in page, which leads back here. */
function toLogIn(): void {
  const here = `${location.pathname}${location.search}`;
  location.assign(`/login?lang=${currentLanguage()}&next=${encodeURIComponent(here)}`);
}

interface Fetched<T> {
  readonly data?: T;
  readonly error?: unknown;
  readonly response: Response;
}

/** @returns an answer's body. @throws {ProblemError} for a refusal. */
export async function answer<T>(asked: Promise<Fetched<T>>): Promise<T> {
  const { data, error, response } = await asked;
  if (response.ok) return data as T;
  throw new ProblemError(
    (error ?? { type: 'about:blank', title: response.statusText, status: response.status, code: 'internal', detail: '' }) as Problem,
  );
}

/** @returns a key for one thing that a person wants done; sent again with the same key, it is done once. */
export function newKey(): string {
  return crypto.randomUUID();
}
