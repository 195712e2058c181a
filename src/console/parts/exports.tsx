import { useMutation } from '@tanstack/react-query';
import { Button } from 'antd';
import type { ReactNode } from 'react';
import { answer } from '../client/client';
import { useText } from '../text/catalogue';
import { ProblemNote } from './problem';

/** The forms of a file. */
const FORMS = ['csv', 'xlsx', 'pdf'] as const;
export type Form = (typeof FORMS)[number];

type Asked = Parameters<typeof answer<Blob>>[0];

/** What is on the screen as a file, by the same filter, made by the house. A file that would be too long is refused with the reason, never cut. */
export function Exports({ ask }: { readonly ask: (form: Form) => Promise<unknown> }): ReactNode {
  const t = useText();
  const send = useMutation({
    mutationFn: async (form: Form) => {
      const asked = ask(form) as Asked;
      const [bytes, { response }] = await Promise.all([answer(asked), asked]);
      const name = /filename="([^"]+)"/.exec(response.headers.get('content-disposition') ?? '')?.[1] ?? `almoner.${form}`;
      keep(bytes, name);
      return name;
    },
  });
  return (
    <div className="exports">
      <div className="row">
        {FORMS.map((form) => (
          <Button key={form} size="small" loading={send.isPending && send.variables === form} onClick={() => send.mutate(form)}>
            {t('export.as', { form: form.toUpperCase() })}
          </Button>
        ))}
        <span role="status" className="muted">
          {send.isPending ? t('export.wait') : send.data ? t('export.ready', { name: send.data }) : ''}
        </span>
      </div>
      <ProblemNote error={send.error} />
    </div>
  );
}

/** Has the browser keep a file. */
function keep(bytes: Blob, name: string): void {
  const url = URL.createObjectURL(bytes);
  const link = document.createElement('a');
  link.href = url;
  link.download = name;
  link.click();
  // The browser has taken it by then; an address that is never given up would hold its bytes for as long as the console is open.
  setTimeout(() => URL.revokeObjectURL(url), 60_000);
}
