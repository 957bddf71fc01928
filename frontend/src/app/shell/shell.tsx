/** The frame around every page behind the sign-in. */
import { Drawer } from '@mantine/core';
import { useDisclosure, useLocalStorage, useMediaQuery } from '@mantine/hooks';
import { Outlet, useLocation } from '@tanstack/react-router';
import { useEffect } from 'react';

import { Rail } from '@/app/shell/rail';
import { Search } from '@/app/shell/search';
import css from '@/app/shell/shell.module.css';
import { useCurrentProjectId } from '@/app/shell/current-project';
import { TopLine } from '@/app/shell/top-line';
import { shellWords } from '@/app/strings';
import type { Frame } from '@/lib/routes';

export function Shell({ frame, title }: { frame: Frame; title: string }) {
  const [isPinned, setPinned] = useLocalStorage({ key: 'siteloop.rail.pinned', defaultValue: false });
  const projectId = useCurrentProjectId();
  // A phone has no room for the rail: it comes from the side, with names, and goes once a page is chosen.
  const isNarrow = useMediaQuery('(max-width: 720px)', false, { getInitialValueInEffect: false });
  const [isMenuOpen, menu] = useDisclosure(false);
  const { pathname } = useLocation();
  const closeMenu = menu.close;
  useEffect(() => closeMenu(), [pathname, closeMenu]);
  return (
    <div className={css.shell} data-pinned={(isPinned && !isNarrow) || undefined}>
      <a className={css.skip} href="#content">
        {shellWords.skip}
      </a>
      {isNarrow ? (
        <Drawer.Root opened={isMenuOpen} onClose={menu.close} size={232} padding={0}>
          <Drawer.Overlay />
          {/* The name belongs to the dialog itself, not to the box it stands in. */}
          <Drawer.Content aria-label={shellWords.menu}>
            <Drawer.Body>
              <Rail projectId={projectId} isPinned />
            </Drawer.Body>
          </Drawer.Content>
        </Drawer.Root>
      ) : (
        <Rail projectId={projectId} isPinned={isPinned} onPin={() => setPinned(!isPinned)} />
      )}
      <TopLine title={title} onMenu={isNarrow ? menu.open : undefined} />
      <main className={css.main} data-frame={frame} id="content" tabIndex={-1}>
        <Outlet />
      </main>
      <Search projectId={projectId} />
    </div>
  );
}
