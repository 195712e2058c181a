import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { Link, useNavigate, useSearch } from '@tanstack/react-router';
import { Button } from 'antd';
import { type ReactNode, useId, useState } from 'react';
import { answer, api, newKey } from '../../client/client';
import { useKeys } from '../../parts/keys';
import { PageTitle, Waiting } from '../../parts/page';
import { ProblemNote } from '../../parts/problem';
import { useText } from '../../text/catalogue';
import { OwnFigures } from './ownFigures';
import { EmergencyLane } from './emergency';
import { asFile, makeBatch, type Source } from './makeBatch';
import { type Preview, PreviewView } from './previewView';

/** Each form of a file by the end of its name. */
const MEDIA: Readonly<Record<string, string>> = {
  csv: 'text/csv',
  xlsx: 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet',
  json: 'application/json',
};

/** A batch of a file, or of all that may be paid now: looked at first, line by line where something is left out, then declared and proposed in one act. */
export function NewBatchPage(): ReactNode {
  const t = useText();
  const { source } = useSearch({ from: '/batches/new' });
  return (
    <>
      <p className="crumbs">
        <Link to="/batches">{t('nav.batches')}</Link>
      </p>
      <PageTitle title={t(source === 'payable' ? 'newBatch.payable' : 'newBatch.file')} />
      {source === 'payable' ? <OfPayable /> : <OfFile />}
    </>
  );
}

function OfPayable(): ReactNode {
  const found = useQuery({ queryKey: ['payable'], queryFn: () => answer(api.GET('/v1/payable-releases')) });
  if (!found.data) return <Waiting error={found.error} retry={() => void found.refetch()} />;
  return <Declare preview={found.data} source={{ kind: 'payable' }} />;
}

interface Chosen {
  readonly name: string;
  readonly bytes: Blob;
  readonly mediaType: string;
}

function OfFile(): ReactNode {
  const t = useText();
  const id = useId();
  const [chosen, setChosen] = useState<Chosen | null>(null);
  const [wrong, setWrong] = useState(false);
  const look = useMutation({
    mutationFn: (file: Chosen) => answer(api.POST('/v1/payout-line-previews', asFile(file))) as Promise<Preview>,
  });
  const choose = async (file: File | undefined): Promise<void> => {
    const mediaType = MEDIA[file?.name.split('.').at(-1)?.toLowerCase() ?? ''];
    setWrong(file !== undefined && mediaType === undefined);
    look.reset();
    setChosen(null);
    if (!file || !mediaType) return;
    // What was looked at is what is sent, whatever becomes of the file meanwhile.
    const read = { name: file.name, bytes: new Blob([await file.arrayBuffer()]), mediaType };
    setChosen(read);
    look.mutate(read);
  };
  return (
    <>
      <div className="card">
        <p className="row">
          <label className="file" htmlFor={id}>
            {t('newBatch.choose')}
            <input id={id} type="file" accept=".csv,.xlsx,.json" onChange={(event) => void choose(event.target.files?.[0])} />
          </label>
          <span>{chosen?.name}</span>
        </p>
        <p className="muted">
          {t('newBatch.columns')} <code>lineId, releaseId, amountFen, control</code>
        </p>
        {wrong && (
          <p className="alert bad" role="alert">
            {t('newBatch.form')}
          </p>
        )}
        <p role="status">{look.isPending && t('newBatch.looking')}</p>
      </div>
      <ProblemNote error={look.error} />
      {chosen && look.data && <Declare key={look.submittedAt} preview={look.data} source={{ kind: 'file', ...chosen }} />}
    </>
  );
}

/** What would be declared, and the one act that declares, fills and proposes it. */
function Declare({ preview, source }: { readonly preview: Preview; readonly source: Source }): ReactNode {
  const t = useText();
  const navigate = useNavigate();
  const cache = useQueryClient();
  const [agrees, setAgrees] = useState(true);
  // The same for every try of the same thing: what was declared once is not declared twice.
  const [keys, setKeys] = useState(() => [newKey(), newKey()] as const);
  const [emergency, setEmergency] = useState<string | null>(null);
  const change = (reason: string | null): void => {
    setEmergency(reason);
    setKeys([newKey(), newKey()]);
  };
  const make = useMutation({
    mutationFn: () => makeBatch({ ...preview, emergency }, source, keys),
    onSuccess: (batch) => navigate({ to: '/batches/$batchId', params: { batchId: batch.id } }),
    onSettled: () => {
      for (const first of ['batches', 'payable']) void cache.invalidateQueries({ queryKey: [first] });
    },
  });
  const may = preview.count > 0 && agrees && emergency !== '' && !make.isPending;
  useKeys([
    ...(may ? [{ key: 'd', text: 'batches.make.act' as const, run: () => make.mutate() }] : []),
    ...(preview.count > 0 ? [{ key: 'e', text: 'newBatch.emergency' as const, run: () => change(emergency === null ? '' : null) }] : []),
  ]);
  return (
    <>
      <PreviewView of={preview} />
      {source.kind === 'file' && <OwnFigures of={preview.given} agree={setAgrees} />}
      <ProblemNote error={make.error} sent />
      <form
        className="card decide"
        onSubmit={(event) => {
          event.preventDefault();
          if (may) make.mutate();
        }}
      >
        {preview.count > 0 && <EmergencyLane reason={emergency} change={change} hint="e" />}
        <div className="row between">
          <p role="status">{make.isPending ? t('newBatch.wait') : preview.count === 0 ? t('batches.nothing') : t('newBatch.check')}</p>
          <Button type="primary" htmlType="submit" disabled={!may} loading={make.isPending}>
            {t('batches.make.act')} <kbd>d</kbd>
          </Button>
        </div>
      </form>
    </>
  );
}
