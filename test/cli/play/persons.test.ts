import { checkCharacter, newAccount, newPerson } from '../../../src/cli/play/persons';

const onMs = Date.parse('2020-08-19T09:00:00+08:00');

test("the check character of the standard's own example", () => {
  // GB 11643-1999, 3.6: 11010519491231002X.
  expect(checkCharacter('11010519491231002')).toBe('X');
  expect(checkCharacter('44052418800101001')).toBe('4');
});

test.each([0, 8, 17, 18, 41, 120])('people are %i years old on the day', (age) => {
  for (let drawn = 0; drawn < 200; drawn += 1) {
    const { idNumber } = newPerson(age, onMs);
    expect(idNumber).toMatch(/^[1-6][0-9]{16}[0-9X]$/);
    expect(idNumber[17]).toBe(checkCharacter(idNumber));
    const born = idNumber.slice(6, 14);
    const years = 2020 - Number(born.slice(0, 4)) - (born.slice(4) > '0819' ? 1 : 0);
    expect(new Date(`${born.slice(0, 4)}-${born.slice(4, 6)}-${born.slice(6)}`).toISOString().slice(0, 10).replaceAll('-', '')).toBe(born);
    expect(years).toBe(age);
  }
});

test('repeated plays meet other people', () => {
  const numbers = Array.from({ length: 2_000 }, () => newPerson(8, onMs).idNumber);
  expect(new Set(numbers).size).toBe(2_000);
});

test('account numbers pass the Luhn check and keep name and bank', () => {
  const { number, name, bankCode } = newAccount('\u738b\u5b89\u5b81', '102100099996');
  expect(number).toMatch(/^62[0-9]{17}$/);
  const sum = [...number].reverse().reduce((total, digit, index) => {
    const doubled = Number(digit) * (index % 2 === 1 ? 2 : 1);
    return total + (doubled > 9 ? doubled - 9 : doubled);
  }, 0);
  expect(sum % 10).toBe(0);
  expect([name, bankCode]).toEqual(['\u738b\u5b89\u5b81', '102100099996']);
});
