import { ICON, STYLESHEET } from './assets';
import { html, type Html, type Slot } from './html';
import { HOMES } from './session';
import type { TextKey } from './text/catalogue';
import type { Visit } from './visit';

/** A page's own part. */
export interface Page {
  readonly title: string;
  readonly body: Html;
  /** HTTP status; 200 when left out. */
  readonly status?: number;
  /** Where the language links lead, when the page itself was the answer to a form. */
  readonly path?: string;
  /** Where the browser goes on to by itself. */
  readonly refreshTo?: string;
}

/** What a role's home is called. */
const NAMES: Readonly<Record<string, TextKey>> = { '/approvals': 'shell.approvals', '/hospital': 'shell.hospital' };

/** @returns the whole document: landmarks, navigation by role, language links, and the page's body. */
export function layout(visit: Visit, page: Page): string {
  const { t, lang } = visit;
  const path = page.path ?? visit.path;
  const here = (url: string): Slot => (visit.path === url || visit.path.startsWith(`${url}/`)) && html` aria-current="page"`;
  const home = visit.session && HOMES[visit.session.actor.role];
  const document = html`<!doctype html>
<html lang="${lang === 'zh' ? 'zh-CN' : 'en'}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
${page.refreshTo !== undefined && html`<meta http-equiv="refresh" content="0; url=${page.refreshTo}">`}<title>${page.title} · Almoner</title>
<link rel="icon" href="${ICON.url}" type="image/svg+xml">
<link rel="stylesheet" href="${STYLESHEET.url}">
</head>
<body>
<a class="skip" href="#content">${t('shell.skip')}</a>
<header class="top"><div class="wide">
<a class="brand" href="/"><img src="${ICON.url}" alt="" width="28" height="28"> Almoner</a>
<nav aria-label="${t('shell.nav')}">
${home && html`<a href="${home}"${here(home)}>${t(NAMES[home] ?? 'shell.console')}</a>`}
${home && home !== '/console' && html`<a href="/console">${t('shell.console')}</a>`}
<a href="/docs">${t('shell.docs')}</a>
<a href="${path}?lang=${lang === 'zh' ? 'en' : 'zh'}" lang="${lang === 'zh' ? 'en' : 'zh-CN'}" hreflang="${lang === 'zh' ? 'en' : 'zh-CN'}">${lang === 'zh' ? 'English' : '中文'}</a>
${visit.session ? logOutForm(visit) : html`<a href="/login"${here('/login')}>${t('shell.login')}</a>`}
</nav></div></header>
<main id="content" class="wide" tabindex="-1">
${page.body}
</main>
<footer class="wide"><p>${t('shell.footer')} <a href="/complaints">${t('shell.complaints')}</a></p></footer>
</body>
</html>
`;
  return document.markup;
}

function logOutForm({ session, t }: Visit): Html {
  return html`<form method="post" action="/logout" class="inline"><input type="hidden" name="csrf" value="${session!.formToken}">
<span class="who">${session!.actor.name}</span> <button class="link">${t('shell.logout')}</button></form>`;
}
