import { ActionIcon, Group, Kbd, Tooltip, UnstyledButton } from '@mantine/core';
import { spotlight } from '@mantine/spotlight';
import { IconChevronRight, IconMenu2, IconSearch, IconWifiOff } from '@tabler/icons-react';
import { useEffect } from 'react';

import { JobsRing } from '@/app/shell/jobs-ring';
import { NoticesBell } from '@/app/shell/notices-bell';
import { PersonMenu } from '@/app/shell/person-menu';
import css from '@/app/shell/shell.module.css';
import { shellWords as words } from '@/app/strings';
import { PlainLink } from '@/components/links';
import { useStreamState } from '@/hooks/use-event';
import { usePageDetail } from '@/hooks/use-page-title';
import { useOptionalParam } from '@/hooks/use-param';
import { useProject } from '@/hooks/use-project';
import { paths } from '@/lib/paths';

/** `onMenu` opens the rail where there is no room for it to stay. */
export function TopLine({ title, onMenu }: { title: string; onMenu?: () => void }) {
  return (
    <div className={css.topline}>
      {onMenu && (
        <ActionIcon aria-label={words.menu} onClick={onMenu} flex="none">
          <IconMenu2 size={20} stroke={1.6} />
        </ActionIcon>
      )}
      <Place title={title} />
      <Group gap={4} wrap="nowrap" flex="none">
        <UnstyledButton className={css.search} onClick={spotlight.open}>
          <IconSearch size={15} aria-hidden />
          <span>{words.search}</span>
          <Kbd size="xs">Ctrl K</Kbd>
        </UnstyledButton>
        <Offline />
        <JobsRing />
        <NoticesBell />
        <PersonMenu />
      </Group>
    </div>
  );
}

function Place({ title }: { title: string }) {
  const projectId = useOptionalParam('projectId');
  const project = useProject(projectId).data;
  const detail = usePageDetail();
  const last = detail ?? title;
  useEffect(() => {
    document.title = [last, project?.name, 'Siteloop'].filter(Boolean).join(' · ');
  }, [last, project?.name]);
  return (
    <nav className={css.place} aria-label="Place">
      {projectId && (
        <>
          {project?.site && (
            <>
              <PlainLink to={paths.sites()}>{project.site.name}</PlainLink>
              <IconChevronRight size={14} aria-hidden />
            </>
          )}
          <PlainLink to={paths.project(projectId)}>{project?.name ?? '…'}</PlainLink>
          <IconChevronRight size={14} aria-hidden />
        </>
      )}
      {detail && (
        <>
          <span>{title}</span>
          <IconChevronRight size={14} aria-hidden />
        </>
      )}
      <span className={css.here} aria-current="page">
        {last}
      </span>
    </nav>
  );
}

/** Said only when the stream stays away: pages still work, they are refreshed more slowly. */
function Offline() {
  if (useStreamState() !== 'waiting') return null;
  return (
    <Tooltip label={words.offline}>
      <IconWifiOff size={18} aria-label={words.offline} color="var(--mantine-color-dimmed)" />
    </Tooltip>
  );
}
