import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { Link, type LinkProps } from '@tanstack/react-router';
import { type KeyboardEvent, type ReactNode, useEffect, useId, useRef, useState } from 'react';
import type { components } from '../../../dist/openapi/schema';
import { answer, api } from '../client/client';
import { type Translate, useText, wordOf } from '../text/catalogue';
import { Money } from './format';
import type { Me } from './me';
import { Modal } from './modal';
import { usePreferences } from './preferences';
import { ProblemNote } from './problem';

type Found = components['schemas']['Found'];

/** Who has something to find; the house refuses everybody else. */
const FINDERS: readonly Me['role'][] = ['reviewer', 'finance-maker', 'finance-checker', 'operator', 'auditor'];
/** How long after the last letter it is looked for, ms. */
const PAUSE_MS = 200;

/** The search over everything, by its button and by Ctrl+K or Cmd+K from anywhere but a dialog. */
export function Finder({ me }: { readonly me: Me }): ReactNode {
  const t = useText();
  const [open, setOpen] = useState(false);
  const may = FINDERS.includes(me.role);
  useEffect(() => {
    const hear = (event: globalThis.KeyboardEvent): void => {
      if (!(event.ctrlKey || event.metaKey) || event.key.toLowerCase() !== 'k' || document.querySelector('dialog[open]')) return;
      event.preventDefault();
      setOpen(true);
    };
    if (may) window.addEventListener('keydown', hear);
    return () => window.removeEventListener('keydown', hear);
  }, [may]);
  if (!may) return null;
  return (
    <>
      <button type="button" className="link" title="Ctrl+K" onClick={() => setOpen(true)}>
        {t('find.open')}
      </button>
      {open && <FinderDialog me={me} close={() => setOpen(false)} />}
    </>
  );
}

function FinderDialog({ me, close }: { readonly me: Me; readonly close: () => void }): ReactNode {
  const t = useText();
  const id = useId();
  const here = useRef<HTMLDivElement>(null);
  const [written, setWritten] = useState('');
  const q = useSettled(written.trim());
  const found = useQuery({
    queryKey: ['search', q],
    queryFn: () => answer(api.GET('/v1/search', { params: { query: { q } } })),
    enabled: q !== '',
    placeholderData: keepPreviousData,
  });
  const list = q === '' ? [] : (found.data?.found ?? []);
  const go = (event: KeyboardEvent): void => {
    if (event.key !== 'ArrowDown' && event.key !== 'ArrowUp') return;
    const stops = [...(here.current?.querySelectorAll<HTMLElement>('input, a') ?? [])];
    const at = stops.indexOf(document.activeElement as HTMLElement);
    stops[Math.min(stops.length - 1, Math.max(0, at + (event.key === 'ArrowDown' ? 1 : -1)))]?.focus();
    event.preventDefault();
  };
  return (
    <Modal title={t('find.title')} close={close}>
      {/* biome-ignore lint/a11y/noStaticElementInteractions: arrows go through what is inside; each of it is reached by Tab as well. */}
      <div ref={here} onKeyDown={go} className="finder">
        <label htmlFor={id}>{t('find.label')}</label>
        <input
          id={id}
          data-first
          type="text"
          inputMode="search"
          autoComplete="off"
          maxLength={80}
          value={written}
          onChange={(event) => setWritten(event.target.value)}
        />
        <p role="status" className="muted">
          {q !== '' && found.data && (list.length === 0 ? t('find.none') : t('find.count', { n: list.length }))}
        </p>
        <ProblemNote error={found.error} />
        <ul className="plain lined">
          {list.map((each) => (
            <li key={each.kind + each.id}>
              <Link {...placeOf(each, me)} onClick={close}>
                {nameOf(t, each)}
              </Link>
              <FoundFacts of={each} />
            </li>
          ))}
        </ul>
      </div>
    </Modal>
  );
}

function FoundFacts({ of }: { readonly of: Found }): ReactNode {
  const t = useText();
  const { language } = usePreferences();
  return (
    <span className="muted">
      {' '}
      {wordOf(t, STATE_WORDS[of.kind], of.state)}
      {of.amountFen !== null && (
        <>
          {' · '}
          <Money fen={of.amountFen} />
        </>
      )}
      {of.reference && ` · ${of.reference}`}
      {of.cause && ` · ${of.cause[language]}`}
    </span>
  );
}

const STATE_WORDS = { campaign: 'phase', batch: 'batchState', payout: 'payoutState', exception: 'exceptions.state' } as const;

const nameOf = (t: Translate, of: Found): string => `${t(`find.kind.${of.kind}`)} · ${of.title ?? of.id.slice(-8)}`;

/** The screen of what was found, for who found it. */
function placeOf(of: Found, me: Me): LinkProps {
  if (of.kind === 'batch') return { to: '/batches/$batchId', params: { batchId: of.id } };
  if (of.kind === 'exception') return { to: '/exceptions/$exceptionId', params: { exceptionId: of.id } };
  if (of.kind === 'payout') return { to: '/payouts', search: { campaign: of.campaignId! } };
  if (me.role === 'reviewer') return { to: '/cases/$campaignId', params: { campaignId: of.id } };
  return { to: '/statements/$campaignId', params: { campaignId: of.id } };
}

/** @returns a text once nobody has changed it for a moment. */
function useSettled(text: string): string {
  const [settled, setSettled] = useState(text);
  useEffect(() => {
    const later = setTimeout(() => setSettled(text), PAUSE_MS);
    return () => clearTimeout(later);
  }, [text]);
  return settled;
}
