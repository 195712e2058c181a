import { z } from 'zod';
import { invalidFields, type FieldError } from '../../domain/errors';
import { controlSum, type GivenLine, MOST_LINE_FEN, MOST_LINES } from '../../domain/payoutBatch';
import { amount, ulidText } from '../schemas';
import { fieldErrors } from '../text/issues';
import { say } from '../text/say';

const CONTROL = /^[0-9]{1,6}$/;

/** Whether a line can be computed with: of a field that is wrong in itself the maker is told anyway. */
function isReadable({ control, releaseId, amountFen }: GivenLine & { readonly control?: string | undefined }): boolean {
  return CONTROL.test(control ?? '') && /^[0-9A-Z]{26}$/.test(releaseId) && typeof amountFen === 'bigint';
}

/** A line of a payout batch on the wire. */
const givenLine = z
  .strictObject({
    lineId: z
      .string()
      .regex(
        /^[0-9A-Za-z][0-9A-Za-z._-]{0,39}$/,
        say({ zh: '须为 1 至 40 个字母、数字、点、横线或下划线', en: '1 to 40 letters, digits, full stops, hyphens or underscores' }),
      )
      .openapi({ description: "The maker's own id of the line: duplicates are found by it, never by content." }),
    releaseId: ulidText,
    amountFen: amount
      .refine((fen) => fen <= MOST_LINE_FEN, say({ zh: `至多 ${MOST_LINE_FEN} 分`, en: `at most ${MOST_LINE_FEN} fen` }))
      .openapi({
        description: 'Gross fen: what leaves the campaign’s reserve, fee included. It must be what the release comes to.',
      }),
    control: z
      .string()
      .regex(CONTROL, say({ zh: '须为整数', en: 'a whole number' }))
      .optional()
      .openapi({
        description: 'Optional: the line’s own part of the control sum, as a spreadsheet computed it. It is held against ours.',
      }),
  })
  .refine((line) => line.control === undefined || !isReadable(line) || BigInt(line.control) === controlSum([line]), {
    message: say({ zh: '与本行的拨付编号和金额不符', en: 'is not what release id and amount of this line come to' }),
    path: ['control'],
  });

/** Lines as JSON, and what the rows of a file are held to as well. */
export const givenLines = z.strictObject({
  lines: z
    .array(givenLine)
    .min(1)
    .max(MOST_LINES, say({ zh: `每次至多 ${MOST_LINES} 行`, en: `at most ${MOST_LINES} lines at once` })),
});

/** The columns of a file; a header names them, in any order. */
const COLUMNS = ['lineId', 'releaseId', 'amountFen', 'control'] as const;
const NEEDED: readonly string[] = COLUMNS.slice(0, 3);

/** @returns the lines of anything that claims to be some. @throws {DomainError} request.invalid naming line and field. */
export function linesOf(value: unknown): readonly GivenLine[] {
  const checked = givenLines.safeParse(value, { reportInput: true });
  if (checked.success) return checked.data.lines;
  throw invalidFields(fieldErrors(checked.error.issues, []) as [FieldError, ...FieldError[]]);
}

/** Rows under a header as lines. @param table the rows' cells as text; empty rows are passed over. @throws {DomainError} request.invalid. */
export function linesOfTable(table: readonly (readonly string[])[]): readonly GivenLine[] {
  const [header, ...body] = table.filter((row) => row.some((cell) => cell.trim() !== ''));
  const names = (header ?? []).map((cell) => cell.trim());
  while (names.at(-1) === '') names.pop();
  const unknown = names.filter((name, i) => !(COLUMNS as readonly string[]).includes(name) || names.indexOf(name) !== i);
  if (NEEDED.some((name) => !names.includes(name)) || unknown.length > 0)
    throw unreadable({
      zh: `首行须为列名 ${NEEDED.join('、')}（可另有 control），各一次`,
      en: `the first row names the columns ${NEEDED.join(', ')} (and control, if there is one), each once`,
    });
  // A cell too many would be lost in silence: it is refused.
  const long = body.findIndex((row) => row.slice(names.length).some((cell) => cell.trim() !== ''));
  if (long >= 0) throw unreadable({ zh: `第 ${long + 1} 行多出单元格`, en: `line ${long + 1} has more cells than the header names` });
  return linesOf({
    lines: body.map((row) => Object.fromEntries(names.flatMap((name, i) => ((row[i] ?? '').trim() === '' ? [] : [[name, row[i]!.trim()]])))),
  });
}

/** @returns the refusal of a whole file. */
export function unreadable(message: { readonly zh: string; readonly en: string }) {
  return invalidFields([{ pointer: '/', message }]);
}
