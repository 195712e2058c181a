import type { Request, Response } from 'express';

/** @returns a cookie's value, or null. Ours are tokens and words that need no decoding. */
export function readCookie(req: Request, name: string): string | null {
  for (const pair of (req.headers.cookie ?? '').split(';')) {
    const [key, value] = pair.trim().split('=', 2);
    if (key === name && value) return value;
  }
  return null;
}

/** Sets a cookie that no script can read. @param options.maxAgeMs 0 removes it. */
export function setCookie(
  res: Response,
  name: string,
  value: string,
  options: { readonly maxAgeMs: number; readonly sameSite: 'Strict' | 'Lax'; readonly secure: boolean },
): void {
  const { maxAgeMs, sameSite, secure } = options;
  res.append(
    'Set-Cookie',
    `${name}=${value}; Path=/; Max-Age=${Math.floor(maxAgeMs / 1000)}; HttpOnly; SameSite=${sameSite}${secure ? '; Secure' : ''}`,
  );
}
