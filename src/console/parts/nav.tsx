import { Link, useRouterState } from '@tanstack/react-router';
import { type ReactNode, useEffect, useLayoutEffect, useRef, useState } from 'react';
import { useText } from '../text/catalogue';
import type { Me } from './me';
import { Menu } from './menu';
import { screensOf } from './navigation';

/** The screens of a role in one line; those that the window has no room for are under “more”. */
export function Nav({ role }: { readonly role: Me['role'] }): ReactNode {
  const t = useText();
  const path = useRouterState({ select: (state) => state.location.pathname });
  const entries = screensOf(role);
  const line = useRef<HTMLDivElement>(null);
  const [room, setRoom] = useState(entries.length);
  // All links are laid out always: those in a further line than the first are hidden, and their screens stand in the menu instead.
  const measure = useRef((): void => {
    const links = [...(line.current?.children ?? [])] as HTMLElement[];
    const first = links.findIndex((link) => link.offsetTop > links[0]!.offsetTop);
    setRoom(first < 0 ? links.length : first);
  }).current;
  useLayoutEffect(measure);
  useEffect(() => {
    const watch = new ResizeObserver(measure);
    watch.observe(line.current!);
    return () => watch.disconnect();
  }, [measure]);
  const isHere = (to: string): boolean => path.startsWith(to) || (to === '/queue' && path.startsWith('/cases'));
  const further = entries.slice(room);
  const mark = (to: string) => (isHere(to) ? { 'aria-current': 'page' as const } : {});
  return (
    <nav aria-label={t('shell.nav')}>
      <div ref={line} className="line">
        {entries.map((entry, i) => (
          <Link key={entry.to} to={entry.to} className={i < room ? undefined : 'out'} {...mark(entry.to)}>
            {t(entry.text)}
          </Link>
        ))}
      </div>
      <Menu
        label={
          <>
            {t('nav.more')} <span aria-hidden="true">▾</span>
          </>
        }
        className={further.some((entry) => isHere(entry.to)) ? 'more here' : 'more'}
        hidden={further.length === 0}
      >
        {(close) =>
          further.map((entry) => (
            <Link key={entry.to} to={entry.to} onClick={close} {...mark(entry.to)}>
              {t(entry.text)}
            </Link>
          ))
        }
      </Menu>
    </nav>
  );
}
