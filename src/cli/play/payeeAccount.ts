import type { Campaign } from './answers';
import { newAccount } from './persons';
import { type Deed, once, type Story } from './story';

/** The reviewer accepts a filed account once the bank's name check says that it is the payee's. */
export async function acceptAccount(story: Story, { id, phase, payeeAccount }: Campaign): Promise<Deed> {
  if (phase === 'prior-audit' || payeeAccount?.status !== 'filed' || payeeAccount.nameCheck !== 'match') return 'nothing';
  const { version } = payeeAccount;
  return once(story, `accept account ${version}`, async () => {
    const reviewer = await story.staff.as('reviewer');
    await reviewer.post(`/v1/campaigns/${id}/payee-account/acceptance`, { version });
  });
}

/** After a bounce or a failed payout: a new account of the same payee is opened at the bank and filed. */
export async function correctAccount(story: Story, { id, releases }: Campaign): Promise<Deed> {
  const release = releases.find(({ stage }) => stage === 'correction');
  const { account, sandbox, platform, tenant, progress } = story;
  if (!release || !account) return 'nothing';
  return once(story, `correct account ${release.id} ${release.stageSince}`, async () => {
    // An institution keeps its bank; a person's new account may be anywhere.
    const corrected = release.payeeKind === 'institution' ? newAccount(account.name, account.bankCode) : newAccount(account.name);
    await sandbox.put('/v1/sandbox/bank-accounts', { tenantId: tenant.tenantId, ...corrected });
    await platform.put(`/v1/campaigns/${id}/payee-account`, corrected);
    progress.say(`release ${release.batch}/${release.batches}: a corrected account is filed`);
  });
}
