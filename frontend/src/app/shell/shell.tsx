/** The frame around every page behind the sign-in. */
import { useLocalStorage } from '@mantine/hooks';
import { Outlet } from '@tanstack/react-router';

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
  return (
    <div className={css.shell} data-pinned={isPinned || undefined}>
      <a className={css.skip} href="#content">
        {shellWords.skip}
      </a>
      <Rail projectId={projectId} isPinned={isPinned} onPin={() => setPinned(!isPinned)} />
      <TopLine title={title} />
      <main className={css.main} data-frame={frame} id="content" tabIndex={-1}>
        <Outlet />
      </main>
      <Search projectId={projectId} />
    </div>
  );
}
