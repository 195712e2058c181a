import { z } from 'zod';
import { diffEditions, editionValues } from '../../domain/convention/editionDiff';
import { EDITIONS, type Edition } from '../../domain/convention/editions';
import { BOTTOM_LINE_RULES } from '../../domain/convention/bottomLine';
import { RULE_IDS } from '../../domain/convention/terms';
import { route } from '../route';

const editionAnswer = z
  .object({
    id: z.string(),
    effectiveOn: z.string(),
    reportedOn: z.string().nullable(),
    rules: z.array(z.enum(RULE_IDS)),
    values: z.array(z.object({ path: z.string(), value: z.string() })),
    /** Against the edition before; null for the first. */
    changes: z
      .object({
        rulesAdded: z.array(z.string()),
        rulesRemoved: z.array(z.string()),
        changed: z.array(z.object({ path: z.string(), from: z.string().nullable(), to: z.string().nullable() })),
      })
      .nullable(),
  })
  .openapi('Edition');
const bottomLineAnswer = z.object({ id: z.string(), zh: z.string(), en: z.string(), source: z.string() });

/** The rules as data: the same for every platform, and no secret. */
export const editionRoutes = [
  route({
    method: 'get',
    path: '/v1/public/editions',
    tag: 'Public',
    summary: 'The editions of the rules in order of effect: rules, thresholds and windows, and what each changed',
    act: 'public.read',
    input: {},
    answers: {
      200: {
        description: 'Values are text by their path: amounts in fen, shares in basis points, windows in the unit that their name ends with.',
        schema: z.object({ editions: z.array(editionAnswer), bottomLine: z.array(bottomLineAnswer) }),
      },
    },
    handler: async () => ({ status: 200, body: { editions: EDITIONS.map(editionView), bottomLine: [...BOTTOM_LINE_RULES] } }),
  }),
];

function editionView(edition: Edition, nth: number): z.input<typeof editionAnswer> {
  const before = EDITIONS[nth - 1];
  const changes = before && diffEditions(before, edition);
  return {
    id: edition.id,
    effectiveOn: edition.effectiveOn,
    reportedOn: edition.reportedOn,
    rules: [...edition.rules],
    values: [...editionValues(edition)].map(([path, value]) => ({ path, value })),
    changes: changes
      ? { rulesAdded: [...changes.rulesAdded], rulesRemoved: [...changes.rulesRemoved], changed: changes.changed.map((each) => ({ ...each })) }
      : null,
  };
}
