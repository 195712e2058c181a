import type { Connection } from '../../src/database/connect';
import { Draws } from '../../src/faults/random';
import { post } from '../../src/ledger/post';
import { type Difference, verifyLedger } from '../../src/ledger/verify';
import { aChain, type Chain } from '../support/chains';
import { openHouseAccounts, transfer } from '../support/ledger';
import { tampered } from '../support/tampering';

// Five kinds of tampering by somebody with the owner's password, 200 places and ways each, over audit and ledger: all are found, and what was touched is named.
const TIMES = 200;
const SEED = 20_260_901;
const POSTINGS = 120;
const OTHERS_EACH = 2;
const EVENTS = POSTINGS * (1 + OTHERS_EACH);
const ANCHOR_EVERY = 60;

/** One tampering: what is run, and what each of the names must be found in some difference. */
interface Tampering {
  readonly way: string;
  readonly sql: readonly string[];
  readonly names: readonly string[];
}
type Pick = (of: number) => number;
type Way = (pick: Pick) => Omit<Tampering, 'way'>;

let chain: Chain;
/** Audit events by the posting that they tell of. */
const eventOf = (posting: number): string => `(select seq from audit.event where subject = 'posting/${posting}' and action = 'ledger.posted')`;

beforeAll(async () => {
  chain = await aChain();
  await openHouseAccounts(chain.app, 't1', 'c1');
  for (let i = 1; i <= POSTINGS; i += 1) {
    await chain.app.transaction((tx) => post(tx, [transfer({ key: `a${i}`, amountFen: BigInt(i) }), transfer({ key: `b${i}` })], 'tester'));
    await chain.happen(OTHERS_EACH);
    if ((i * (1 + OTHERS_EACH)) % ANCHOR_EVERY === 0) await chain.seal();
  }
  await chain.seal();
});
afterAll(() => chain.close());

const verify = async (connection: Connection = chain.app): Promise<Difference[]> => [
  ...(await chain.verify(connection)),
  ...(await verifyLedger(connection, null)),
];

const link = (at: number): string => `link/${at}`;
const event = (pick: Pick): number => 1 + pick(EVENTS);
const posting = (pick: Pick): number => 1 + pick(POSTINGS);
const move = (at: number, by: number): string[] => [
  `update audit.link set position = position + 100000 where position >= ${at}`,
  `update audit.link set position = position - ${100_000 - by} where position > 100000`,
];
/** What a careful thief does after changing transfers: the balances are made to agree. */
const REBALANCED = `update ledger.account a set debits_fen = coalesce(m.debits, 0), credits_fen = coalesce(m.credits, 0) from (
  select b.id, (select sum(amount_fen) from ledger.transfer where debit_account = b.id) debits, (select sum(amount_fen) from ledger.transfer where credit_account = b.id) credits
  from ledger.account b) m where m.id = a.id`;

const EDITED = [
  "actor = actor || 'x'",
  "action = 'test.other'",
  "subject = subject || '0'",
  `data = data || '{"amountFen": "999"}'`,
  "tenant_id = 't2'",
  "campaign_id = 'c2'",
  "recorded_at = recorded_at + interval '1 microsecond'",
];

const KINDS: Readonly<Record<string, Readonly<Record<string, Way>>>> = {
  edit: {
    'an event': (pick) => {
      const at = event(pick);
      return { sql: [`update audit.event set ${EDITED[pick(EDITED.length)]} where seq = ${at}`], names: [link(at)] };
    },
    'a link': (pick) => {
      const at = event(pick);
      return { sql: [`update audit.link set hash = sha256('${at}') where position = ${at}`], names: [link(at)] };
    },
    'an amount, the balances made to agree': (pick) => {
      const of = posting(pick);
      return { sql: [`update ledger.transfer set amount_fen = amount_fen + 1 where key = 'a${of}'`, REBALANCED], names: [`posting/${of}`] };
    },
    'an amount and its digest, the balances made to agree': (pick) => {
      const of = posting(pick);
      return {
        sql: [
          `update ledger.transfer set amount_fen = amount_fen + 1 where key = 'a${of}'`,
          `update ledger.posting p set total_fen = total_fen + 1, digest = (select sha256(convert_to(string_agg(ledger.canonical(t), E'\\n' order by t.id), 'UTF8')) from ledger.transfer t where t.posting_id = p.id) where id = ${of}`,
          REBALANCED,
        ],
        names: [`posting/${of}`],
      };
    },
    'all of it, and the audit row too': (pick) => {
      const of = posting(pick);
      return {
        sql: [
          `update ledger.transfer set amount_fen = amount_fen + 1 where key = 'b${of}'`,
          `update ledger.posting p set total_fen = total_fen + 1, digest = (select sha256(convert_to(string_agg(ledger.canonical(t), E'\\n' order by t.id), 'UTF8')) from ledger.transfer t where t.posting_id = p.id) where id = ${of}`,
          `update audit.event e set data = data || jsonb_build_object('digest', encode(p.digest, 'hex')) from ledger.posting p where p.id = ${of} and e.seq = ${eventOf(of)}`,
          REBALANCED,
        ],
        names: [`(link/${of * (1 + OTHERS_EACH) - OTHERS_EACH})`],
      };
    },
    'a balance': (pick) => ({
      sql: [`update ledger.account set credits_fen = credits_fen + ${1 + pick(1000)} where campaign_id = 'c1' and kind = 'held'`],
      names: ['(held of c1)'],
    }),
  },
  delete: {
    'an event': (pick) => {
      const at = event(pick);
      return { sql: [`delete from audit.event where seq = ${at}`], names: [`event/${at}`] };
    },
    'an event and its link': (pick) => {
      const at = event(pick);
      return { sql: [`delete from audit.event where seq = ${at}`, `delete from audit.link where position = ${at}`], names: [link(at)] };
    },
    'an event, the rest moved up': (pick) => {
      const at = 1 + pick(EVENTS - 1);
      return {
        sql: [`delete from audit.event where seq = ${at}`, `delete from audit.link where position = ${at}`, ...move(at + 1, -1)],
        names: [`event/${at + 1} (link/${at})`],
      };
    },
    'a transfer, the balances made to agree': (pick) => {
      const of = posting(pick);
      return { sql: [`delete from ledger.transfer where key = 'b${of}'`, REBALANCED], names: [`posting/${of}`] };
    },
    'a posting with its transfers, the balances made to agree': (pick) => {
      const of = posting(pick);
      return {
        sql: [`delete from ledger.transfer where posting_id = ${of}`, `delete from ledger.posting where id = ${of}`, REBALANCED],
        names: [`posting/${of}`],
      };
    },
  },
  insert: {
    'an event between, with a right link': (pick) => {
      const at = 2 + pick(EVENTS - 2);
      return {
        sql: [
          `insert into audit.event (seq, actor, action, subject) overriding system value values (100000, 'x', 'test.slipped', 'x')`,
          ...move(at, 1),
          `insert into audit.link select ${at}, 100000, sha256(hash || convert_to(audit.canonical(e), 'UTF8')) from audit.link, audit.event e where position = ${at - 1} and e.seq = 100000`,
        ],
        names: [`(link/${at + 1})`],
      };
    },
    'an event of long ago, without a link': (pick) => {
      const seq = 1000 + pick(1000);
      return {
        sql: [
          `insert into audit.event (seq, actor, action, subject, recorded_at) overriding system value values (${seq}, 'x', 'test.slipped', 'x', now() - interval '1 day')`,
        ],
        names: [`event/${seq}`],
      };
    },
    'a transfer into a posting, the balances made to agree': (pick) => {
      const of = posting(pick);
      return {
        sql: [
          `insert into ledger.transfer (posting_id, key, request_hash, kind, debit_account, credit_account, amount_fen, subject, business_at)
           select posting_id, 'slipped', request_hash, kind, debit_account, credit_account, amount_fen, subject, business_at from ledger.transfer where key = 'a${of}'`,
          REBALANCED,
        ],
        names: [`posting/${of}`],
      };
    },
    'a whole posting that no audit row tells of': (pick) => {
      const of = posting(pick);
      return {
        sql: [
          `insert into ledger.transfer (posting_id, key, request_hash, kind, debit_account, credit_account, amount_fen, subject, business_at)
           select ${1000 + of}, 'slipped', request_hash, kind, debit_account, credit_account, amount_fen, subject, business_at from ledger.transfer where key = 'a${of}'`,
          `insert into ledger.posting (id, transfers, total_fen, digest) select posting_id, 1, amount_fen, sha256(convert_to(ledger.canonical(t), 'UTF8')) from ledger.transfer t where key = 'slipped'`,
          REBALANCED,
        ],
        names: [`posting/${1000 + of}`],
      };
    },
  },
  reorder: {
    'two events': (pick) => {
      const [one, other] = two(pick, EVENTS);
      return {
        sql: [
          `update audit.link set event_seq = -1 where position = ${one}`,
          `update audit.link set event_seq = ${one} where position = ${other}`,
          `update audit.link set event_seq = ${other} where position = ${one}`,
        ],
        names: [link(one), link(other)],
      };
    },
    'two links, hashes and all': (pick) => {
      const [one, other] = two(pick, EVENTS);
      return {
        sql: [
          `update audit.link set position = -1 where position = ${one}`,
          `update audit.link set position = ${one} where position = ${other}`,
          `update audit.link set position = ${other} where position = -1`,
        ],
        names: [link(one), link(other)],
      };
    },
    'what two events say': (pick) => {
      const [one, other] = two(pick, EVENTS);
      return {
        sql: [
          `update audit.event e set subject = o.subject, action = o.action, data = o.data, recorded_at = o.recorded_at from audit.event o where (e.seq, o.seq) in ((${one}, ${other}), (${other}, ${one}))`,
        ],
        names: [link(one), link(other)],
      };
    },
    'transfers of two postings': (pick) => {
      const [one, other] = two(pick, POSTINGS);
      return {
        sql: [
          `update ledger.transfer set posting_id = case posting_id when ${one} then ${other} else ${one} end where key in ('a${one}', 'a${other}')`,
        ],
        names: [`posting/${one}`, `posting/${other}`],
      };
    },
  },
  truncate: {
    'events and links': (pick) => {
      const keep = pick(EVENTS);
      return { sql: [`delete from audit.event where seq > ${keep}`, `delete from audit.link where position > ${keep}`], names: [link(EVENTS)] };
    },
    'links, sealed anew over other events': (pick) => {
      const keep = pick(EVENTS);
      return {
        sql: [
          `update audit.event set actor = 'somebody' where seq = ${keep + 1}`,
          `delete from audit.link where position > ${keep}`,
          `select audit.seal(100000)`,
        ],
        names: [link(EVENTS)],
      };
    },
    'events alone': (pick) => {
      const keep = pick(EVENTS);
      return { sql: [`delete from audit.event where seq > ${keep}`], names: [`event/${keep + 1}`, `event/${EVENTS}`] };
    },
    'the ledger, the balances made to agree': (pick) => {
      const keep = pick(POSTINGS);
      return {
        sql: [`delete from ledger.transfer where posting_id > ${keep}`, `delete from ledger.posting where id > ${keep}`, REBALANCED],
        names: [`posting/${keep + 1}`, `posting/${POSTINGS}`],
      };
    },
    'ledger and audit together': (pick) => {
      const keep = pick(POSTINGS);
      const events = keep * (1 + OTHERS_EACH);
      return {
        sql: [
          `delete from ledger.transfer where posting_id > ${keep}`,
          `delete from ledger.posting where id > ${keep}`,
          `delete from audit.event where seq > ${events}`,
          `delete from audit.link where position > ${events}`,
          REBALANCED,
        ],
        names: [link(EVENTS)],
      };
    },
  },
};

/** Two different numbers from 1 to `of`. */
function two(pick: Pick, of: number): [number, number] {
  const one = 1 + pick(of);
  return [one, 1 + ((one - 1 + 1 + pick(of - 1)) % of)];
}

test('untouched, nothing is found', async () => expect(await verify()).toEqual([]));

test.each(Object.entries(KINDS))(
  `of ${TIMES} times that somebody could %s, all are found and named`,
  async (kind, ways) => {
    const draws = new Draws(SEED + kind.length);
    const pick: Pick = (of) => draws.between(0, of);
    const names = Object.keys(ways);
    const missed: unknown[] = [];
    for (let time = 0; time < TIMES; time += 1) {
      const way = names[time % names.length]!;
      const { sql, names: wanted } = ways[way]!(pick);
      const found = await tampered(chain.owner, sql, (tx) => verify(tx));
      const subjects = found.map((d) => d.subject);
      if (!wanted.every((name) => subjects.some((subject) => subject === name || subject.includes(name))))
        missed.push({ way, sql, wanted, subjects });
    }
    expect(missed).toEqual([]);
  },
  300_000,
);
