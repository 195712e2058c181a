import path from 'node:path';
import { playMany } from '../../../src/cli/play/many';
import { Progress } from '../../../src/cli/play/progress';
import { InvalidCase } from '../../../src/cli/play/validate';
import { FakeSystem } from './support/fakeSystem';

const cases = path.resolve(__dirname, '../../../cases');
const at = (name: string) => path.join(cases, name);
const progress = new Progress(() => undefined);

test('several cases are played one after the other, each with a tenant of its own', async () => {
  const system = new FakeSystem();
  const running = await system.listen();
  try {
    const played = await playMany([at('zero-gifts.json'), at('target-exact.json')], running, { progress });
    expect(played.map(({ result }) => [result.case, result.end])).toEqual([
      ['zero-gifts', 'settled'],
      ['target-exact', 'settled'],
    ]);
    expect(played.flatMap(({ differences, broken }) => [...differences, ...broken])).toEqual([]);
    expect(system.bodies('POST', /tenants$/)).toHaveLength(2);
    // An invalid file is found before anything is played.
    await expect(playMany([at('zero-gifts.json'), at('case.schema.json')], running, { progress })).rejects.toThrow(InvalidCase);
    expect(system.bodies('POST', /tenants$/)).toHaveLength(2);
  } finally {
    await system.close();
  }
});
