import { useQuery } from '@tanstack/react-query';
import { Input } from 'antd';
import { type ReactNode, useId, useState } from 'react';
import { answer, api } from '../client/client';
import { useText, wordOf } from '../text/catalogue';

const ID = /^[0-9A-Z]{26}$/;

/** The people of a campaign whose number is written here, their names masked, so that nobody takes the wrong one. @param campaign what stands written at first. */
export function useCampaignPeople(campaign = '') {
  const t = useText();
  const [written, setWritten] = useState(campaign);
  const id = written.trim().toUpperCase();
  const { data, error } = useQuery({
    queryKey: ['people', id],
    queryFn: () => answer(api.GET('/v1/campaigns/{id}/people', { params: { path: { id } } })),
    enabled: ID.test(id),
  });
  const people = (data?.people ?? [])
    .filter(({ deletedAt }) => deletedAt === null)
    .map(({ personId, party, name }) => ({ personId, party, words: `${wordOf(t, 'party', party)} · ${name}` }));
  return { id, written, setWritten, people, error };
}

/** Where a campaign's number is written. @param first whether a dialog begins with it. */
export function CampaignNumber(of: {
  readonly label: string;
  readonly value: string;
  readonly first: boolean;
  readonly write: (value: string) => void;
}): ReactNode {
  const t = useText();
  const id = useId();
  return (
    <>
      <label htmlFor={id}>{of.label}</label>
      <Input
        id={id}
        {...(of.first ? { 'data-first': true } : {})}
        value={of.value}
        required
        pattern="\s*[0-9A-Za-z]{26}\s*"
        title={t('exception.id')}
        autoComplete="off"
        onChange={(event) => of.write(event.target.value)}
      />
    </>
  );
}
