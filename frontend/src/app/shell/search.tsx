/** Ctrl-K: go to anything. */
import { Spotlight, type SpotlightActionGroupData } from '@mantine/spotlight';
import { IconSearch } from '@tabler/icons-react';
import { useNavigate } from '@tanstack/react-router';

import { useHasRoute } from '@/app/shell/has-route';
import { shellWords as words } from '@/app/strings';
import { useProject, useProjects } from '@/hooks/use-project';
import { paths } from '@/lib/paths';

type Place = { id: string; label: string; to: string; description?: string };

const PAGES: Place[] = [
  { id: 'home', label: words.home, to: paths.home() },
  { id: 'work', label: words.work, to: paths.work() },
  { id: 'projects', label: words.projects, to: paths.projects() },
  { id: 'jobs', label: words.jobs, to: paths.jobs() },
  { id: 'sites', label: words.sites, to: paths.sites() },
  { id: 'people', label: words.people, to: paths.people() },
  { id: 'account', label: words.account, to: paths.account() },
];

const placesOf = (id: string, name: string): Place[] =>
  [
    { id: 'label', label: 'Label the next picture', to: paths.annotate(id) },
    { id: 'review', label: words.review, to: paths.review(id) },
    { id: 'data', label: words.data, to: paths.data(id) },
    { id: 'upload', label: 'Add pictures', to: paths.upload(id) },
    { id: 'datasets', label: words.datasets, to: paths.datasets(id) },
    { id: 'models', label: words.models, to: paths.models(id) },
    { id: 'live', label: words.live, to: paths.live(id) },
    { id: 'settings', label: words.settings, to: paths.projectSettings(id) },
  ].map((place) => ({ ...place, id: `here-${place.id}`, description: name }));

export function Search({ projectId }: { projectId: string | undefined }) {
  const navigate = useNavigate();
  const hasRoute = useHasRoute();
  const { data: projects = [] } = useProjects();
  const project = useProject(projectId).data;
  const group = (name: string, places: Place[]): SpotlightActionGroupData => ({
    group: name,
    actions: places
      .filter(({ to }) => hasRoute(to))
      .map(({ id, label, to, description }) => ({
        id,
        label,
        description,
        onClick: () => void navigate({ to }),
      })),
  });
  const all = projects.map((each) => ({
    id: each.id,
    label: each.name,
    to: paths.project(each.id),
    description: each.site?.name,
  }));
  return (
    <Spotlight
      shortcut="mod + K"
      highlightQuery
      scrollable
      maxHeight={420}
      nothingFound={words.searchNothing}
      searchProps={{
        leftSection: <IconSearch size={18} />,
        placeholder: words.search,
        'aria-label': words.search,
      }}
      actions={[
        ...(project ? [group(project.name, placesOf(project.id, project.name))] : []),
        group('Pages', PAGES),
        group(words.projects, all),
      ].filter(({ actions }) => actions.length > 0)}
    />
  );
}
