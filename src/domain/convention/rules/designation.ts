import { fail, type OpeningFacts, pass, type Rule } from '../facts';

/** DESIGNATION: only a platform that the ministry had designated on the day of submission opens a raise; running ones are served to their end. Measures 2024. */
export const designation: Rule<OpeningFacts> = ({ platform }) => {
  const facts = { platform: platform.id, designated: platform.designated };
  return platform.designated
    ? pass('DESIGNATION', facts, { zh: '平台在提交当日为民政部指定平台。', en: 'The platform was designated on the day of submission.' })
    : fail('DESIGNATION', facts, {
        zh: '平台在提交当日不是民政部指定的个人求助网络服务平台，不得发起新的求助。',
        en: 'The platform was not designated by the ministry on the day of submission: it opens no new raise.',
      });
};
