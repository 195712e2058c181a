import type { Random } from '../random';
import type { Letter, World } from '../world';
import type { Operation } from './operation';

/** Hands a letter over as the provider does: what was not answered with success is sent again. */
async function handOver(world: World, letters: readonly Letter[], together: boolean, random: Random): Promise<string> {
  const take = (letter: Letter) => async (worker: ReturnType<World['worker']>) => {
    if (letter.to === 'gifts') await worker.gifts.hear('wechat', letter.notice);
    else await worker.custody.hear({ kind: 'entries', messageId: letter.entry.reference, entries: [letter.entry] });
  };
  if (together) {
    const works = letters.map((letter) => ({ name: `hear ${letter.to}`, letter, work: take(letter) }));
    await world.race(random, works);
    for (const letter of letters) if (letter.stray) world.strays.push(letter.stray);
    return `${letters.length} at once`;
  }
  // One process hears them together, so gifts among them are committed as a group.
  const called = await world.call(`hear ${letters.map((l) => l.to).join('+')}`, (worker) =>
    Promise.allSettled(letters.map((letter) => take(letter)(worker))).then((all) => {
      const failed = all.find((one) => one.status === 'rejected');
      if (failed) throw failed.reason;
    }),
  );
  if (called.kind === 'done') for (const letter of letters) if (letter.stray) world.strays.push(letter.stray);
  if (called.kind !== 'done') world.mail.push(...letters);
  return called.kind;
}

function draw(world: World, random: Random, most: number): Letter[] {
  const letters: Letter[] = [];
  for (let i = random.between(1, most); i > 0 && world.mail.length > 0; i -= 1)
    letters.push(...world.mail.splice(random.between(0, world.mail.length - 1), 1));
  return letters;
}

/** What arrives of what is on its way, in any order. */
export const POST: Readonly<Record<string, Operation>> = {
  deliver: async (world, random) => {
    const letters = draw(world, random, 5);
    return letters.length === 0 ? null : `deliver ${letters.length}: ${await handOver(world, letters, false, random)}`;
  },
  deliverTwice: async (world, random) => {
    const letters = draw(world, random, 2);
    if (letters.length === 0) return null;
    world.mail.push(...letters);
    return `deliver, and keep: ${await handOver(world, letters, false, random)}`;
  },
  deliverAtOnce: async (world, random) => {
    const letters = draw(world, random, 3);
    if (letters.length < 2) {
      world.mail.push(...letters);
      return null;
    }
    world.sky.count('race');
    return `deliver ${await handOver(world, letters, true, random)}`;
  },
};

/** More turns than letters in a wrong order need. */
const TURNS = 40;

/** Everything that is on its way arrives; what is not taken however often it comes stays, and is another's to judge. */
export async function emptyTheMail(world: World, random: Random): Promise<void> {
  let refused = 0;
  while (world.mail.length > 0 && refused < TURNS) {
    const before = world.mail.length;
    await handOver(world, draw(world, random, 8), false, random);
    if (world.mail.length >= before) refused += 1;
  }
}
