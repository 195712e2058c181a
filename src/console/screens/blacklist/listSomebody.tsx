import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { Input } from 'antd';
import { type ReactNode, useId, useState } from 'react';
import { answer, api } from '../../client/client';
import { CampaignNumber, useCampaignPeople } from '../../parts/campaignPeople';
import { Choice } from '../../parts/choice';
import { Dialog } from '../../parts/dialog';
import { useText, wordOf } from '../../text/catalogue';

const GROUNDS = ['invented-or-exaggerated', 'hidden-assets', 'forged-records', 'misuse-of-money'] as const;

/** Puts a party of a campaign on the list. Who they are shows masked, so that nobody lists the wrong one. @param campaign from where one came; left out, it is written. */
export function ListSomebody({ campaign, close }: { readonly campaign: string | undefined; readonly close: () => void }): ReactNode {
  const t = useText();
  const cache = useQueryClient();
  const navigate = useNavigate();
  const [evidenceId, reasonId] = [useId(), useId()];
  const { id, written, setWritten, people, error } = useCampaignPeople(campaign);
  const [party, setParty] = useState<string>();
  const [ground, setGround] = useState<(typeof GROUNDS)[number]>();
  const [evidence, setEvidence] = useState('');
  const [reason, setReason] = useState('');
  const send = useMutation({
    mutationFn: () => answer(api.POST('/v1/blacklist', { body: { campaignId: id, party, ground, reason, evidence } as never })),
    onSuccess: async (listing) => {
      await cache.invalidateQueries({ queryKey: ['blacklist'] });
      void navigate({ to: '/blacklist/$listingId', params: { listingId: listing.id } });
    },
  });
  const title = t('blacklist.list');
  return (
    <Dialog title={title} act={title} danger busy={send.isPending} error={send.error ?? error} send={() => send.mutate()} close={close}>
      <CampaignNumber
        label={t('blacklist.campaign')}
        value={written}
        first={!campaign}
        write={(value) => {
          setWritten(value);
          setParty(undefined);
        }}
      />
      <label htmlFor={evidenceId}>{t('blacklist.evidenceOf')}</label>
      <Input.TextArea
        id={evidenceId}
        {...(campaign ? { 'data-first': true } : {})}
        required
        rows={2}
        maxLength={1_000}
        value={evidence}
        onChange={(event) => setEvidence(event.target.value)}
      />
      <label htmlFor={reasonId}>{t('blacklist.reason')}</label>
      <Input.TextArea id={reasonId} required rows={2} maxLength={1_000} value={reason} onChange={(event) => setReason(event.target.value)} />
      <Choice
        label={t('blacklist.party')}
        value={party}
        none={t('blacklist.choose')}
        choices={people.map((each) => [each.party, each.words] as const)}
        choose={setParty}
      />
      <Choice
        label={t('blacklist.ground')}
        value={ground}
        none={t('blacklist.choose')}
        choices={GROUNDS.map((each) => [each, wordOf(t, 'ground', each)] as const)}
        choose={setGround}
      />
      <p className="muted">{t('blacklist.listSure')}</p>
    </Dialog>
  );
}
