import { fail, type OpeningFacts, pass, type Rule } from '../facts';

const PARTIES = { patient: ['求助人', 'help-seeker'], sponsor: ['发起人', 'sponsor'], payee: ['收款人', 'payee'] } as const;

/** BLACKLIST: nobody who stands on the list that the platforms share is sponsor, help-seeker or payee. Convention 1.0 and 2.0. */
export const blacklist: Rule<OpeningFacts> = ({ listed }) => {
  const facts = { listed };
  return listed.length > 0
    ? fail('BLACKLIST', facts, {
        zh: `在失信筹款人名单上：${listed.map((p) => PARTIES[p][0]).join('、')}。`,
        en: `On the shared list of dishonest fundraisers: ${listed.map((p) => PARTIES[p][1]).join(', ')}.`,
      })
    : pass('BLACKLIST', facts, { zh: '各方均不在失信筹款人名单上。', en: 'Nobody involved is on the shared list of dishonest fundraisers.' });
};
