import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useRouter } from '@tanstack/react-router';
import { Button, Input } from 'antd';
import { type FormEvent, type ReactNode, useId, useState } from 'react';
import type { components } from '../../../dist/openapi/schema';
import { answer, api } from '../client/client';
import { useText } from '../text/catalogue';
import { useKeys } from './keys';
import { Modal } from './modal';
import { ProblemNote } from './problem';

/** A person's own views, and those that colleagues share: every screen with what its address says, under a name. By its button and by `v`. */
export function Views(): ReactNode {
  const t = useText();
  const [open, setOpen] = useState(false);
  // Read before it is asked for: the dialog then begins on the first of them.
  const found = useQuery({ queryKey: ['views'], queryFn: () => answer(api.GET('/v1/me/views')) });
  useKeys([{ key: 'v', text: 'view.open', run: () => setOpen(true) }]);
  return (
    <>
      <button type="button" className="link" onClick={() => setOpen(true)}>
        {t('view.open')}
      </button>
      {open && !found.isLoading && <ViewsDialog views={found.data?.views ?? []} error={found.error} close={() => setOpen(false)} />}
    </>
  );
}

type View = components['schemas']['SavedView'];
const SHARINGS = ['none', 'role', 'platform'] as const;

interface Props {
  readonly views: readonly View[];
  readonly error: unknown;
  readonly close: () => void;
}

function ViewsDialog({ views, error, close }: Props): ReactNode {
  const t = useText();
  const id = useId();
  const router = useRouter();
  const cache = useQueryClient();
  const [name, setName] = useState('');
  const changed = () => cache.invalidateQueries({ queryKey: ['views'] });
  const save = useMutation({
    mutationFn: () => {
      const here = `${location.pathname}${location.search}`.replace(/^\/console/, '');
      return answer(api.POST('/v1/me/views', { body: { name, address: here } }));
    },
    onSuccess: () => setName(''),
    onSettled: changed,
  });
  const remove = useMutation({
    mutationFn: (view: string) => answer(api.POST('/v1/me/views/{id}/removal', { params: { path: { id: view } } })),
    onSettled: changed,
  });
  const share = useMutation({
    mutationFn: ({ id: view, shared }: Pick<View, 'id' | 'shared'>) =>
      answer(api.POST('/v1/me/views/{id}/sharing', { params: { path: { id: view } }, body: { shared } })),
    onSettled: changed,
  });
  const open = (address: string): void => {
    close();
    router.history.push(`/console${address}`);
  };
  const own = views.filter(({ mine }) => mine);
  const others = views.filter(({ mine }) => !mine);
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    if (!save.isPending) save.mutate();
  };
  return (
    <Modal title={t('view.open')} close={close}>
      <ProblemNote error={error ?? save.error ?? remove.error ?? share.error} />
      {views.length === 0 && <p className="muted">{t('view.none')}</p>}
      <ul className="plain lined">
        {own.map((view, i) => (
          <li key={view.id} className="row">
            <ViewLink of={view} first={i === 0} open={open} />
            <select
              aria-label={t('view.sharedOf', { name: view.name })}
              value={view.shared}
              onChange={(event) => share.mutate({ id: view.id, shared: event.target.value as View['shared'] })}
            >
              {SHARINGS.map((shared) => (
                <option key={shared} value={shared}>
                  {t(`view.shared.${shared}`)}
                </option>
              ))}
            </select>
            <button type="button" className="link" aria-label={t('view.removeOf', { name: view.name })} onClick={() => remove.mutate(view.id)}>
              {t('view.remove')}
            </button>
          </li>
        ))}
      </ul>
      {others.length > 0 && (
        <>
          <h3>{t('view.others')}</h3>
          <ul className="plain lined">
            {others.map((view, i) => (
              <li key={view.id} className="row">
                <ViewLink of={view} first={own.length === 0 && i === 0} open={open} />
                <span className="muted">{view.by}</span>
              </li>
            ))}
          </ul>
        </>
      )}
      <form className="dialog" onSubmit={submit}>
        <h3>{t('view.save')}</h3>
        <div className="row">
          <label htmlFor={id}>{t('view.name')}</label>
          <Input
            id={id}
            {...(views.length === 0 ? { 'data-first': true } : {})}
            className="name"
            maxLength={40}
            required
            autoComplete="off"
            value={name}
            onChange={(event) => setName(event.target.value)}
          />
          <Button htmlType="submit" type="primary" loading={save.isPending}>
            {t('view.keep')}
          </Button>
        </div>
      </form>
    </Modal>
  );
}

function ViewLink({ of, first, open }: { readonly of: View; readonly first: boolean; readonly open: (address: string) => void }): ReactNode {
  return (
    <>
      <a
        href={`/console${of.address}`}
        {...(first ? { 'data-first': true } : {})}
        onClick={(event) => {
          event.preventDefault();
          open(of.address);
        }}
      >
        {of.name}
      </a>
      <code className="muted">{of.address}</code>
    </>
  );
}
