import { useMutation, useQuery } from '@tanstack/react-query';
import { Button } from 'antd';
import type { ReactNode } from 'react';
import { answer, api } from '../../client/client';
import { Facts } from '../../parts/facts';
import { Time } from '../../parts/format';
import { useKeys } from '../../parts/keys';
import { PageTitle, Waiting } from '../../parts/page';
import { ProblemNote } from '../../parts/problem';
import { useText } from '../../text/catalogue';

/** Where the chain stands, whether it holds when it is asked, and the proof that leaves the house. */
export function ChainPage(): ReactNode {
  const t = useText();
  const found = useQuery({ queryKey: ['chain'], queryFn: () => answer(api.GET('/v1/audit/chain')) });
  if (!found.data) return <Waiting error={found.error} retry={() => void found.refetch()} />;
  const { head, anchor, sealed, unsealed } = found.data;
  return (
    <>
      <PageTitle title={t('nav.audit')} />
      <section className="card" aria-labelledby="standing">
        <h2 id="standing">{t('audit.standing')}</h2>
        <Facts
          of={[
            [t('audit.sealed'), sealed],
            [t('audit.unsealed'), unsealed],
            [t('audit.anchoredAt'), anchor ? <Time key="at" at={anchor.at} /> : t('audit.noAnchor')],
            [t('audit.anchor'), anchor ? `#${anchor.position}` : '—'],
          ]}
        />
        <p className="muted">{t('audit.head')}</p>
        <p className="digest">
          <code>{head?.hash ?? '—'}</code>
        </p>
      </section>
      <Verification />
      <section className="card" aria-labelledby="proof">
        <h2 id="proof">{t('audit.proof')}</h2>
        <p>{t('audit.proofWhy')}</p>
        <p>
          <code>almoner check-proof almoner-proof.ndjson</code>
        </p>
        <ProofDownload />
      </section>
    </>
  );
}

function Verification(): ReactNode {
  const t = useText();
  const verify = useMutation({ mutationFn: () => answer(api.GET('/v1/audit/verification')) });
  const { data } = verify;
  const run = (): void => {
    if (!verify.isPending) verify.mutate();
  };
  useKeys([{ key: 'v', text: 'audit.verify', run }]);
  return (
    <section className="card" aria-labelledby="verify">
      <h2 id="verify">{t('audit.verify')}</h2>
      <p>{t('audit.verifyWhy')}</p>
      <Button type="primary" loading={verify.isPending} onClick={run}>
        {t('audit.verify')} <kbd>v</kbd>
      </Button>
      <ProblemNote error={verify.error} />
      {data?.verified && (
        <p className="alert good" role="status">
          {t('audit.holds', { n: data.ms })}
        </p>
      )}
      {data && !data.verified && (
        <div className="alert bad" role="alert">
          <p>{t('audit.differs', { n: data.differences.length })}</p>
          <ul>
            {data.differences.slice(0, 50).map(({ what, subject, expected, found }) => (
              <li key={what + subject}>
                <code>
                  {what} {subject}
                </code>{' '}
                {t('audit.expected', { expected: String(expected), found: String(found) })}
              </li>
            ))}
          </ul>
        </div>
      )}
    </section>
  );
}

/** The cookie counts only beside the console's header, so the file is fetched and handed to the browser. */
function ProofDownload(): ReactNode {
  const t = useText();
  const get = useMutation({
    mutationFn: async () => {
      const file = await answer(
        api.GET('/v1/audit/proof', { parseAs: 'blob' }) as unknown as Promise<{ data?: Blob; error?: unknown; response: Response }>,
      );
      const link = document.createElement('a');
      link.href = URL.createObjectURL(file);
      link.download = 'almoner-proof.ndjson';
      link.click();
      URL.revokeObjectURL(link.href);
    },
  });
  return (
    <>
      <Button loading={get.isPending} onClick={() => get.mutate()}>
        {t('audit.download')}
      </Button>
      <ProblemNote error={get.error} />
    </>
  );
}
