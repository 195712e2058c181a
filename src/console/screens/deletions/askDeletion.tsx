import { useMutation, useQuery } from '@tanstack/react-query';
import { Input } from 'antd';
import { type ReactNode, useId, useState } from 'react';
import { answer, api } from '../../client/client';
import { Choice } from '../../parts/choice';
import { Dialog } from '../../parts/dialog';
import { useText, wordOf } from '../../text/catalogue';

const ID = /^[0-9A-Z]{26}$/;

/** Takes a person's request. Who it is shows masked, by a campaign of theirs. */
export function AskDeletion({ close, done }: { readonly close: () => void; readonly done: () => void }): ReactNode {
  const t = useText();
  const [campaignId, reasonId] = [useId(), useId()];
  const [written, setWritten] = useState('');
  const [person, setPerson] = useState<string>();
  const [reason, setReason] = useState('');
  const id = written.trim().toUpperCase();
  const people = useQuery({
    queryKey: ['people', id],
    queryFn: () => answer(api.GET('/v1/campaigns/{id}/people', { params: { path: { id } } })),
    enabled: ID.test(id),
  });
  const send = useMutation({
    mutationFn: () => answer(api.POST('/v1/people/{id}/deletion', { params: { path: { id: person ?? '' } }, body: { reason } })),
    onSuccess: done,
  });
  const title = t('deletion.ask');
  return (
    <Dialog
      title={title}
      act={title}
      busy={send.isPending}
      error={send.error ?? people.error}
      send={() => person !== undefined && send.mutate()}
      close={close}
    >
      <label htmlFor={campaignId}>{t('deletion.campaign')}</label>
      <Input
        id={campaignId}
        data-first
        value={written}
        required
        pattern="\s*[0-9A-Za-z]{26}\s*"
        title={t('exception.id')}
        autoComplete="off"
        onChange={(event) => {
          setWritten(event.target.value);
          setPerson(undefined);
        }}
      />
      <Choice
        label={t('deletion.who')}
        value={person}
        none={t('deletion.choose')}
        choices={(people.data?.people ?? [])
          .filter(({ deletedAt }) => deletedAt === null)
          .map((each) => [each.personId, `${wordOf(t, 'party', each.party)} · ${each.name}`] as const)}
        choose={setPerson}
      />
      <label htmlFor={reasonId}>{t('deletion.why')}</label>
      <Input.TextArea
        id={reasonId}
        required
        rows={2}
        minLength={10}
        maxLength={500}
        value={reason}
        onChange={(event) => setReason(event.target.value)}
      />
      <p className="muted">{t('deletion.askSure')}</p>
    </Dialog>
  );
}
