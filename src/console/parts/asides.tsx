import { useMutation } from '@tanstack/react-query';
import { Button, Input } from 'antd';
import { type ReactNode, useId, useState } from 'react';
import type { components } from '../../../dist/openapi/schema';
import { useText, wordOf } from '../text/catalogue';
import { Choice } from './choice';
import { DayField } from './day';
import { Dialog } from './dialog';
import { Time } from './format';
import { useKeys } from './keys';
import { Badge } from './page';

type Standing = Pick<components['schemas']['WaitingForReview'], 'aside' | 'escalation'>;

/** In a list: that something is put aside, or was handed up. */
export function AsideBadges({ of }: { readonly of: Standing }): ReactNode {
  const t = useText();
  return (
    <>
      {of.aside && (
        <Badge tone="plain">
          {t('aside.untilIs')} <Time at={of.aside.until} />
        </Badge>
      )}
      {of.escalation && <Badge tone="warn">{t('escalate.badge', { to: wordOf(t, 'role', of.escalation.to) })}</Badge>}
    </>
  );
}

interface Props {
  readonly of: Standing;
  readonly kind: 'review' | 'exception';
  /** Whether this person may do either now; left out, it is only shown. */
  readonly may: boolean;
  /** The latest day that its own clock allows, to begin with. */
  readonly day?: string;
  /** Whom it can be handed to; of one there is nothing to choose. */
  readonly roles: readonly string[];
  readonly putAside: (until: string, words: string) => Promise<unknown>;
  readonly escalate: (to: string, words: string) => Promise<unknown>;
  readonly done: () => void;
}

/** What was said about something that waits, and the two acts on it: `z` puts it aside, `e` hands it up. */
export function Asides({ of, kind, may, day, roles, putAside, escalate, done }: Props): ReactNode {
  const t = useText();
  const [open, setOpen] = useState<'aside' | 'escalate' | null>(null);
  const title = t(`escalate.${kind}`);
  useKeys(
    may
      ? [
          { key: 'z', text: 'aside.act', run: () => setOpen('aside') },
          { key: 'e', text: `escalate.${kind}`, run: () => setOpen('escalate') },
        ]
      : [],
  );
  const close = (): void => setOpen(null);
  const finished = (): void => {
    close();
    done();
  };
  return (
    <>
      {of.aside && (
        <p className="alert" data-aside>
          {t('aside.now', { by: of.aside.by, words: of.aside.words })} · {t('aside.untilIs')} <Time at={of.aside.until} />
        </p>
      )}
      {of.escalation && (
        <p className="alert warn" data-escalation>
          {t('escalate.now', { by: of.escalation.by, to: wordOf(t, 'role', of.escalation.to), words: of.escalation.words })} ·{' '}
          <Time at={of.escalation.at} />
        </p>
      )}
      {may && (
        <p className="row">
          <Button onClick={() => setOpen('aside')}>
            {t('aside.act')} <kbd>z</kbd>
          </Button>
          <Button onClick={() => setOpen('escalate')}>
            {title} <kbd>e</kbd>
          </Button>
        </p>
      )}
      {open === 'aside' && <AsideDialog day={day} send={putAside} close={close} done={finished} />}
      {open === 'escalate' && <EscalateDialog kind={kind} title={title} roles={roles} send={escalate} close={close} done={finished} />}
    </>
  );
}

interface AsideProps {
  readonly day: string | undefined;
  readonly send: (until: string, words: string) => Promise<unknown>;
  readonly close: () => void;
  readonly done: () => void;
}

function AsideDialog({ day, send, close, done }: AsideProps): ReactNode {
  const t = useText();
  const id = useId();
  const [until, setUntil] = useState(day);
  const [words, setWords] = useState('');
  const sent = useMutation({ mutationFn: () => send(until ?? '', words), onSuccess: done });
  return (
    <Dialog title={t('aside.act')} act={t('aside.act')} busy={sent.isPending} error={sent.error} send={() => sent.mutate()} close={close}>
      <label htmlFor={id}>{t('aside.words')}</label>
      <Input.TextArea id={id} data-first required rows={2} maxLength={500} value={words} onChange={(event) => setWords(event.target.value)} />
      <DayField label={t('aside.until')} value={until} choose={setUntil} />
      <p className="muted">{t('aside.sure')}</p>
    </Dialog>
  );
}

interface EscalateProps extends Pick<Props, 'kind' | 'roles'> {
  readonly title: string;
  readonly send: (to: string, words: string) => Promise<unknown>;
  readonly close: () => void;
  readonly done: () => void;
}

function EscalateDialog({ kind, title, roles, send, close, done }: EscalateProps): ReactNode {
  const t = useText();
  const id = useId();
  const [to, setTo] = useState(roles[0]!);
  const [words, setWords] = useState('');
  const sent = useMutation({ mutationFn: () => send(to, words), onSuccess: done });
  return (
    <Dialog title={title} act={title} busy={sent.isPending} error={sent.error} send={() => sent.mutate()} close={close}>
      <label htmlFor={id}>{t('escalate.words')}</label>
      <Input.TextArea id={id} data-first required rows={2} maxLength={500} value={words} onChange={(event) => setWords(event.target.value)} />
      {roles.length > 1 && (
        <Choice
          label={t('escalate.to')}
          value={to}
          none="—"
          choices={roles.map((role) => [role, wordOf(t, 'role', role)] as const)}
          choose={(role) => setTo(role ?? roles[0]!)}
        />
      )}
      <p className="muted">{t(`escalate.sure.${kind}`)}</p>
    </Dialog>
  );
}
