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

/** A person's own views: every screen with what its address says, under a name. By its button and by `v`. */
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

interface Props {
  readonly views: readonly components['schemas']['SavedView'][];
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
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    if (!save.isPending) save.mutate();
  };
  return (
    <Modal title={t('view.open')} close={close}>
      <ProblemNote error={error ?? save.error ?? remove.error} />
      {views.length === 0 && <p className="muted">{t('view.none')}</p>}
      <ul className="plain lined">
        {views.map((view, i) => (
          <li key={view.id} className="row">
            <a
              href={`/console${view.address}`}
              {...(i === 0 ? { 'data-first': true } : {})}
              onClick={(event) => {
                event.preventDefault();
                close();
                router.history.push(`/console${view.address}`);
              }}
            >
              {view.name}
            </a>
            <code className="muted">{view.address}</code>
            <button type="button" className="link" aria-label={t('view.removeOf', { name: view.name })} onClick={() => remove.mutate(view.id)}>
              {t('view.remove')}
            </button>
          </li>
        ))}
      </ul>
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
