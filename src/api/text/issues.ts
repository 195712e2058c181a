import type { z } from 'zod';
import type { FieldError } from '../../domain/errors';
import type { Sentence } from '../../domain/sentence';
import { heard } from './say';

type Issue = z.core.$ZodIssue;

/** What a field must be, where the schema says no more than its type. */
const TYPES: Readonly<Record<string, Sentence>> = {
  string: { zh: '须为字符串', en: 'must be a string' },
  number: { zh: '须为数字', en: 'must be a number' },
  int: { zh: '须为整数', en: 'must be a whole number' },
  boolean: { zh: '须为 true 或 false', en: 'must be true or false' },
  array: { zh: '须为列表', en: 'must be a list' },
  object: { zh: '须为对象', en: 'must be an object' },
  record: { zh: '须为对象', en: 'must be an object' },
};
const FORMATS: Readonly<Record<string, Sentence>> = {
  base64: { zh: '须为 base64', en: 'must be base64' },
  date: { zh: '须为 YYYY-MM-DD 形式的日期', en: 'must be a date, YYYY-MM-DD' },
  datetime: { zh: '须为带时区的 RFC 3339 时间', en: 'must be an RFC 3339 time with offset' },
};
const UNFIT: Sentence = { zh: '格式不符', en: 'is not of the form that this field takes' };
const REQUIRED: Sentence = { zh: '必填', en: 'is required' };

/** @returns the JSON pointer (RFC 6901) of a place; `/` is the body as a whole. */
function pointerTo(path: readonly PropertyKey[]): string {
  return `/${path.map((step) => String(step).replace(/~/g, '~0').replace(/\//g, '~1')).join('/')}`;
}

/**
 * @param issues what a schema found wrong, with the input reported. @param where what stands before each path: `params`, `query`, or nothing for the body.
 * @returns each field with what it must be, in both languages; a field that does not belong is named itself, not the object around it.
 */
export function fieldErrors(issues: readonly Issue[], where: readonly string[]): FieldError[] {
  return issues.flatMap((issue) => {
    const at = [...where, ...issue.path];
    if (issue.code !== 'unrecognized_keys') return [{ pointer: pointerTo(at), message: sentenceOf(issue) }];
    const message = { zh: '没有此字段', en: 'is no field of this request' };
    return issue.keys.map((key) => ({ pointer: pointerTo([...at, key]), message }));
  });
}

function sentenceOf(issue: Issue): Sentence {
  const ours = heard(issue.message);
  if (ours) return ours;
  if ((issue.code === 'invalid_type' || issue.code === 'invalid_value' || issue.code === 'invalid_union') && issue.input === undefined)
    return REQUIRED;
  switch (issue.code) {
    case 'invalid_type':
      return TYPES[issue.expected] ?? UNFIT;
    case 'invalid_value':
      return { zh: `须为以下之一：${issue.values.join('、')}`, en: `must be one of ${issue.values.join(', ')}` };
    case 'too_small':
      return bounded(issue.origin, issue.minimum, { zh: '至少', en: 'at least' });
    case 'too_big':
      return bounded(issue.origin, issue.maximum, { zh: '至多', en: 'at most' });
    case 'invalid_format':
      return FORMATS[issue.format] ?? UNFIT;
    default:
      return UNFIT;
  }
}

function bounded(origin: string, bound: number | bigint, side: Sentence): Sentence {
  const counted: Readonly<Record<string, Sentence>> = { string: { zh: '个字符', en: ' characters' }, array: { zh: '项', en: ' entries' } };
  const unit = counted[origin];
  if (unit) return { zh: `${side.zh} ${bound} ${unit.zh}`, en: `must have ${side.en} ${bound}${unit.en}` };
  return { zh: `${side.zh}为 ${bound}`, en: `must be ${side.en} ${bound}` };
}
