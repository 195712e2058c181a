import { useMutation } from '@tanstack/react-query';
import { Input } from 'antd';
import { type ReactNode, useId, useState } from 'react';
import { answer, api } from '../../client/client';
import { CampaignNumber, useCampaignPeople } from '../../parts/campaignPeople';
import { Choice } from '../../parts/choice';
import { Dialog } from '../../parts/dialog';
import { useText } from '../../text/catalogue';

/** Takes a person's request. Who it is shows masked, by a campaign of theirs. */
export function AskDeletion({ close, done }: { readonly close: () => void; readonly done: () => void }): ReactNode {
  const t = useText();
  const reasonId = useId();
  const { written, setWritten, people, error } = useCampaignPeople();
  const [person, setPerson] = useState<string>();
  const [reason, setReason] = useState('');
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
      error={send.error ?? error}
      send={() => person !== undefined && send.mutate()}
      close={close}
    >
      <CampaignNumber
        label={t('deletion.campaign')}
        value={written}
        first
        write={(value) => {
          setWritten(value);
          setPerson(undefined);
        }}
      />
      <Choice
        label={t('deletion.who')}
        value={person}
        none={t('deletion.choose')}
        choices={people.map((each) => [each.personId, each.words] as const)}
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
