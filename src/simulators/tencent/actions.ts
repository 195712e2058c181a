import type { Person } from './simulator';

/** `Result` with its description. */
export type Result = readonly [code: string, description: string];
export type Elements = Readonly<Record<'IdCard' | 'Name' | 'Phone' | 'BankCard', string>>;

/** One action of faceid: what it asks for, which form it refuses, what it says of a person. */
export interface Action {
  readonly needs: readonly (keyof Elements)[];
  badForm(elements: Elements): Result | null;
  answer(person: Person | undefined, elements: Elements): Result;
}

const idCard = (text: string): boolean => /^\d{17}[\dXx]$/.test(text);
const phone = (text: string): boolean => /^1[3-9]\d{9}$/.test(text);
const card = (text: string): boolean => /^\d{12,19}$/.test(text);

/** A person who would match does so only under the registered name and number. */
const known = (person: Person, { Name }: Elements): boolean => person.answer === 'match' && person.name === Name;

/** `X-TC-Action` → what it does, with the result codes of the 2018-03-01 API. */
export const ACTIONS: Readonly<Record<string, Action>> = {
  IdCardVerification: {
    needs: ['IdCard', 'Name'],
    badForm: ({ IdCard, Name }) => (!idCard(IdCard) ? ['-2', '非法身份证号'] : Name.trim() === '' ? ['-3', '非法姓名'] : null),
    answer: (person, elements) => {
      if (person === undefined || person.answer === 'no-record') return ['-5', '证件库中无此身份证记录'];
      return known(person, elements) ? ['0', '姓名和身份证号一致'] : ['-1', '姓名和身份证号不一致'];
    },
  },
  PhoneVerification: {
    needs: ['IdCard', 'Name', 'Phone'],
    badForm: ({ IdCard, Phone }) => (!idCard(IdCard) ? ['-7', '身份证号码有误'] : !phone(Phone) ? ['-8', '参数错误'] : null),
    answer: (person, elements) => {
      if (person === undefined || person.answer === 'no-record' || (person.answer === 'match' && person.phone === undefined))
        return ['-9', '没有记录'];
      return known(person, elements) && person.phone === elements.Phone ? ['0', '认证通过'] : ['-4', '信息不一致'];
    },
  },
  BankCard4EVerification: {
    needs: ['Name', 'BankCard', 'IdCard', 'Phone'],
    badForm: ({ Name, IdCard, BankCard, Phone }) => {
      if (Name.trim() === '') return ['-2', '姓名校验不通过'];
      if (!idCard(IdCard)) return ['-3', '身份证号码有误'];
      if (!card(BankCard)) return ['-4', '银行卡号码有误'];
      return phone(Phone) ? null : ['-5', '手机号码不合法'];
    },
    answer: (person, elements) => {
      if (person === undefined || person.answer === 'no-record' || (person.answer === 'match' && person.bankCard === undefined))
        return ['-9', '无效卡号'];
      const holds = known(person, elements) && person.bankCard === elements.BankCard && person.phone === elements.Phone;
      return holds ? ['0', '认证通过'] : ['-1', '认证未通过'];
    },
  },
};
