import { Tooltip } from '@mantine/core';
import {
  IconAlertTriangle,
  IconBuildingWarehouse,
  IconCalendarStats,
  IconChartDots3,
  IconChecklist,
  IconDatabase,
  IconFolders,
  IconHome,
  IconLayoutDashboard,
  IconLayoutSidebarLeftCollapse,
  IconLayoutSidebarLeftExpand,
  IconListCheck,
  IconPhotoSearch,
  IconRulerMeasure,
  IconSettings,
  IconSparkles,
  IconUsers,
  IconVideo,
  IconActivity,
} from '@tabler/icons-react';
import { useLocation } from '@tanstack/react-router';
import type { ComponentType } from 'react';

import { LoopMark } from '@/components/loop-mark';
import { PlainLink } from '@/components/links';
import css from '@/app/shell/shell.module.css';
import { useHasRoute } from '@/app/shell/has-route';
import { shellWords as words } from '@/app/strings';
import { useProject } from '@/hooks/use-project';
import { paths } from '@/lib/paths';
import { atLeast } from '@/lib/roles';

type Item = {
  to: string;
  name: string;
  icon: ComponentType<{ size?: number; stroke?: number }>;
  exact?: boolean;
};

const ABOVE: Item[] = [
  { to: paths.home(), name: words.home, icon: IconHome, exact: true },
  { to: paths.work(), name: words.work, icon: IconListCheck },
  { to: paths.projects(), name: words.projects, icon: IconFolders },
];
const BELOW: Item[] = [
  { to: paths.jobs(), name: words.jobs, icon: IconActivity },
  { to: paths.sites(), name: words.sites, icon: IconBuildingWarehouse },
  { to: paths.people(), name: words.people, icon: IconUsers },
];

const ofProject = (id: string, role: string): Item[] => [
  { to: paths.project(id), name: words.overview, icon: IconLayoutDashboard, exact: true },
  { to: paths.review(id), name: words.review, icon: IconChecklist },
  { to: paths.quality(id), name: words.quality, icon: IconRulerMeasure },
  // Everybody else has their part in My work.
  ...(atLeast(role, 'manager')
    ? [{ to: paths.planning(id), name: words.planning, icon: IconCalendarStats }]
    : []),
  { to: paths.data(id), name: words.data, icon: IconPhotoSearch },
  { to: paths.datasets(id), name: words.datasets, icon: IconDatabase },
  { to: paths.learning(id), name: words.learning, icon: IconChartDots3 },
  { to: paths.models(id), name: words.models, icon: IconSparkles },
  { to: paths.live(id), name: words.live, icon: IconVideo },
  { to: paths.incidents(id), name: words.incidents, icon: IconAlertTriangle },
  { to: paths.projectSettings(id), name: words.settings, icon: IconSettings },
];

/** `onPin`: none where there is nothing to choose. */
type RailProps = { projectId: string | undefined; isPinned: boolean; onPin?: () => void };

export function Rail({ projectId, isPinned, onPin }: RailProps) {
  const hasRoute = useHasRoute();
  const project = useProject(projectId);
  const items = (list: Item[]) =>
    list
      .filter(({ to }) => hasRoute(to))
      .map((item) => <RailItem key={item.to} item={item} isPinned={isPinned} />);
  const projectItems = projectId && project.data ? items(ofProject(projectId, project.data.my_role)) : [];
  const PinIcon = isPinned ? IconLayoutSidebarLeftCollapse : IconLayoutSidebarLeftExpand;
  const pinName = isPinned ? words.unpin : words.pin;
  return (
    <nav className={css.rail} aria-label="Main">
      <PlainLink to={paths.home()} className={css.brand} aria-label="Siteloop">
        <LoopMark size={24} />
        {isPinned && <span className={css.brandName}>Siteloop</span>}
      </PlainLink>
      {items(ABOVE)}
      {project.data && projectItems.length > 0 && (
        <div className={css.group} role="group" aria-label={project.data.name}>
          {isPinned && <div className={css.groupName}>{project.data.name}</div>}
          {projectItems}
        </div>
      )}
      <div className={css.group}>{items(BELOW)}</div>
      <div className={css.spacer} />
      {onPin && (
        <Tooltip label={pinName} position="right" disabled={isPinned}>
          <button type="button" className={css.item} onClick={onPin} aria-label={pinName} style={pinStyle}>
            <PinIcon size={20} stroke={1.6} />
            {isPinned && pinName}
          </button>
        </Tooltip>
      )}
    </nav>
  );
}

const pinStyle = { background: 'none', border: 0, cursor: 'pointer' } as const;

function RailItem({ item, isPinned }: { item: Item; isPinned: boolean }) {
  const { pathname } = useLocation();
  const isHere = item.exact
    ? pathname === item.to
    : pathname === item.to || pathname.startsWith(`${item.to}/`);
  const Icon = item.icon;
  return (
    <Tooltip label={item.name} position="right" disabled={isPinned} openDelay={150}>
      <PlainLink
        to={item.to}
        className={css.item}
        data-active={isHere || undefined}
        aria-current={isHere ? 'page' : undefined}
        aria-label={item.name}
      >
        <Icon size={20} stroke={1.6} />
        {isPinned && item.name}
      </PlainLink>
    </Tooltip>
  );
}
