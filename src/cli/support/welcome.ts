import { readJson } from '../../engines/files';
import type { Credentials } from '../../seed';
import { readDemonstration } from '../demo/demonstration';
import type { Login } from '../play/answers';
import { credentialLines } from './credentials';

const row = (name: string, { login, password }: Login): string => `    ${name.padEnd(15)}${login.padEnd(45)}${password}`;

/**
 * @param url where the house answers. @param file credentials.json
 * @returns what somebody needs who has just started it: with a demonstration its people, its pages and one request; without one, everything that was made.
 */
export function welcomeLines(url: string, file: string): string[] {
  const demonstration = readDemonstration();
  const { regulator } = readJson<Partial<Credentials>>(file) ?? {};
  if (!demonstration) return credentialLines(file);
  const { house, places, state } = demonstration;
  const pages = Object.entries(places ?? {}).filter((each): each is [string, string] => typeof each[1] === 'string');
  return [
    `  console  ${url}/console`,
    `  public   ${url}/`,
    `  API      ${url}/docs`,
    '',
    '  The demonstration (演示: everything in it is invented), login and password:',
    ...Object.entries(house.logins).map(([role, login]) => row(role, login)),
    ...(regulator ? [row('regulator', regulator)] : []),
    ...(places?.hospital ? [row('hospital', places.hospital as Login), `    ${''.padEnd(15)}${url}/hospital`] : []),
    ...pages.map(([name, page]) => `    ${name.padEnd(15)}${page}`),
    '',
    `  curl -H 'authorization: Bearer ${house.platformKey}' ${url}/v1/campaigns`,
    '',
    `  The platforms' own log-ins and keys: ${file}`,
    ...(state === 'seeded'
      ? []
      : [
          `  ${demonstration.campaigns} campaigns are being seeded now, day by day; everything works meanwhile, and "almoner demo" plays one on a clock of its own.`,
        ]),
  ];
}
