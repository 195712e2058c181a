import { createServer, type Server } from 'node:http';
import { type AddressInfo, connect } from 'node:net';
import { createApp } from '../../src/api/app';
import { aHouse, type House } from '../support/house';

let house: House;
let server: Server;
let port: number;
beforeAll(async () => {
  house = await aHouse();
  server = createServer(createApp(house.dependencies)).listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  port = (server.address() as AddressInfo).port;
});
afterAll(async () => {
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
  await house.close();
});

const got = (path: string, headers: Record<string, string> = {}) => fetch(`http://127.0.0.1:${port}${path}`, { headers, redirect: 'manual' });

test.each(['/', '/login', '/v1/openapi.json', '/v1/campaigns', '/docs/', '/nowhere'])(
  '%s: not sniffed, not framed, nothing of elsewhere',
  async (path) => {
    const { headers } = await got(path);
    expect(headers.get('x-content-type-options')).toBe('nosniff');
    expect(headers.get('referrer-policy')).toBe('same-origin');
    expect(headers.get('x-powered-by')).toBeNull();
    const policy = headers.get('content-security-policy')!;
    expect(policy).toMatch(/default-src 'self'/);
    expect(policy).toMatch(/object-src 'none'/);
    expect(policy).toMatch(/frame-ancestors 'none'/);
    expect(policy).toMatch(/script-src 'self'(;|$)/);
  },
);

test('behind TLS browsers are told to stay there for a year; on plain HTTP nobody is', async () => {
  expect((await got('/')).headers.get('strict-transport-security')).toBeNull();
  const behind = createServer(createApp({ ...house.dependencies, config: { ...house.dependencies.config, publicUrl: 'https://almoner.example' } }));
  await new Promise<void>((resolve) => behind.listen(0, '127.0.0.1', resolve));
  const answer = await fetch(`http://127.0.0.1:${(behind.address() as AddressInfo).port}/login`);
  expect(answer.headers.get('strict-transport-security')).toBe('max-age=31536000; includeSubDomains');
  await answer.text();
  behind.closeAllConnections();
  await new Promise((resolve) => behind.close(resolve));
});

test('no other site may read: there is no CORS header, whoever asks', async () => {
  for (const path of ['/v1/openapi.json', '/v1/campaigns', '/login']) {
    const answer = await got(path, { origin: 'https://evil.example' });
    expect([...answer.headers.keys()].filter((name) => name.startsWith('access-control'))).toEqual([]);
  }
});

/** Bytes on the wire. @returns the status line's number of each answer. */
function said(bytes: string): Promise<number[]> {
  return new Promise((resolve, reject) => {
    let text = '';
    const socket = connect(port, '127.0.0.1', () => socket.end(bytes));
    socket.on('data', (chunk) => (text += chunk.toString('latin1')));
    socket.once('error', reject);
    socket.once('close', () => resolve([...text.matchAll(/^HTTP\/1\.1 (\d{3})/gm)].map((m) => Number(m[1]))));
  });
}
const HEAD = 'Host: a\r\n';
const SMUGGLED = 'GET /healthz HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n';

test.each([
  ['two lengths', `POST /v1/sessions HTTP/1.1\r\n${HEAD}Content-Length: 3\r\nContent-Length: 0\r\n\r\nabc`],
  ['length and chunks', `POST /v1/sessions HTTP/1.1\r\n${HEAD}Content-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n${SMUGGLED}`],
  ['chunks that are none', `POST /v1/sessions HTTP/1.1\r\n${HEAD}Transfer-Encoding: xchunked\r\n\r\n0\r\n\r\n${SMUGGLED}`],
  ['a space before the colon', `POST /v1/sessions HTTP/1.1\r\n${HEAD}Content-Length : 0\r\n\r\n${SMUGGLED}`],
])('a message whose end is unclear is one refusal, and nothing behind it is heard: %s', async (_what, bytes) => {
  expect(await said(bytes)).toEqual([400]);
});

test('TRACE echoes nothing', async () => {
  expect(await said(`TRACE /healthz HTTP/1.1\r\n${HEAD}Authorization: Bearer x\r\nConnection: close\r\n\r\n`)).toEqual([404]);
});

test.each(['/v1/', '/assets/', '/docs/..%2f..%2fpackage.json', '/assets/..%2f..%2fpackage.json', '/.git/config', '/package.json'])(
  '%s lists and gives nothing',
  async (path) => {
    const answer = await got(path);
    // Below /docs every address is its one page.
    if (!path.startsWith('/docs/')) expect([401, 404]).toContain(answer.status);
    expect(await answer.text()).not.toMatch(/"almoner"|\[core\]|Index of/);
  },
);
