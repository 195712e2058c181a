import { FormData, request } from 'undici';

export interface Seen {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly html: string;
  /** Where a redirect leads; null for a page. */
  readonly to: string | null;
}

type Fields = Readonly<Record<string, string>>;

/** As much of a browser as these pages need: it keeps cookies, follows nothing by itself, and says where its forms come from. */
export class Browser {
  readonly cookies = new Map<string, string>();
  /** What the person who is logged in shows when they sign. */
  password = '';

  constructor(
    readonly url: string,
    private readonly headers: Fields = { 'accept-language': 'zh-CN' },
  ) {}

  get(path: string, headers: Fields = {}): Promise<Seen> {
    return this.#send('GET', path, headers);
  }

  /** Sends a form as a browser does from a page of the same site. @param headers replaces what it says about itself. */
  post(path: string, fields: Fields, headers: Fields = { origin: this.url, 'sec-fetch-site': 'same-origin' }): Promise<Seen> {
    return this.#send('POST', path, { ...headers, 'content-type': 'application/x-www-form-urlencoded' }, new URLSearchParams(fields).toString());
  }

  /** Sends a form with a file, as a browser does from a page of the same site. */
  upload(path: string, fields: Fields, file: { readonly bytes: Uint8Array<ArrayBuffer>; readonly type: string } | null): Promise<Seen> {
    const form = new FormData();
    for (const [name, value] of Object.entries(fields)) form.append(name, value);
    form.append('file', file ? new File([file.bytes], 'IMG_0001', { type: file.type }) : new File([], ''));
    return this.#send('POST', path, { origin: this.url, 'sec-fetch-site': 'same-origin' }, form);
  }

  /** Logs in. @throws when it is not taken. */
  async logIn({ login, password }: { readonly login: string; readonly password: string }): Promise<this> {
    const seen = await this.post('/login', { login, password });
    this.password = password;
    if (seen.status !== 303) throw new Error(`log-in was answered ${seen.status}`);
    return this;
  }

  async #send(method: 'GET' | 'POST', path: string, headers: Fields, body?: string | FormData): Promise<Seen> {
    const cookie = [...this.cookies].map((pair) => pair.join('=')).join('; ');
    const response = await request(this.url + path, {
      method,
      headers: { accept: 'text/html', ...this.headers, ...(cookie ? { cookie } : {}), ...headers },
      ...(body === undefined ? {} : { body }),
    });
    for (const set of [response.headers['set-cookie'] ?? []].flat()) {
      const [name, value] = set.split(';')[0]!.split('=') as [string, string];
      if (value === '') this.cookies.delete(name);
      else this.cookies.set(name, value);
    }
    return {
      status: response.statusCode,
      headers: response.headers,
      html: await response.body.text(),
      to: (response.headers.location as string | undefined) ?? null,
    };
  }
}

/** @returns the hidden fields of the page's n-th form that goes to `action`. */
export function hiddenOf(html: string, action: string, n = 0): Record<string, string> {
  const form = html.split('<form').filter((part) => part.includes(`action="${action}"`))[n];
  if (form === undefined) throw new Error(`The page has no form ${n} that goes to ${action}`);
  const inputs = form.split('</form>')[0]!.matchAll(/<input type="hidden" name="([^"]*)" value="([^"]*)">/g);
  return Object.fromEntries([...inputs].map(([, name, value]) => [name!, value!]));
}
