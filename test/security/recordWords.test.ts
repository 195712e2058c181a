import { recordText } from '../../src/api/schemas';

/** Reasons and replies stay in the clear with their decision: nobody can be found by what stands in them. */
test.each([['请联系 13912345678'], ['患者11010519491231002X的材料'], ['退到6217001234567890'], ['老证 110105491231002']])(
  '%s is refused in words of record',
  (text) => {
    expect(recordText(100).safeParse(text).success).toBe(false);
  },
);

test.each([['材料齐全，金额 4600000 分'], ['见投诉 TS-0A1B-2C3D-4E5F'], ['01ARZ3NDEKTSV4RRFFQ69G5FAV'], ['2021-03-10 核实']])(
  '%s is taken',
  (text) => {
    expect(recordText(100).safeParse(text).success).toBe(true);
  },
);
