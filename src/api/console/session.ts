import type { RequestHandler } from 'express';
import { isFromOurPages, sessionToken } from '../pages/session';

/** What the console sends with every request. A page of another site cannot: the browser would ask us first (CORS), and we answer nobody. */
const CONSOLE_HEADER = 'x-almoner-console';

/**
 * Lets the console use the API under the log-in of the pages: its script never holds the session's token, which stays in a cookie that no script reads.
 * A cookie counts only beside the console's header, and what changes anything must come from our own pages as well; a bearer is taken as it is.
 */
export function consoleSession(publicUrl: string): RequestHandler {
  return (req, _res, next) => {
    if (req.get('authorization') === undefined && req.get(CONSOLE_HEADER) !== undefined) {
      const site = req.get('sec-fetch-site');
      const ours = req.method === 'GET' ? site === undefined || site === 'same-origin' : isFromOurPages(req, publicUrl);
      const token = ours ? sessionToken(req, publicUrl) : null;
      if (token !== null) req.headers.authorization = `Bearer ${token}`;
    }
    next();
  };
}
