import { ActionIcon, Badge, Button, Group, Skeleton, Stack, Text, Tooltip } from '@mantine/core';
import { IconBrush, IconDownload, IconX } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import type { ReactNode } from 'react';

import { assetQuery, assetsInclude, type AssetRow } from '@/features/data/api';
import { AssetFacts, History, NearCopies } from '@/features/data/asset-facts';
import css from '@/features/data/data.module.css';
import { ObjectsOverlay } from '@/features/data/objects-overlay';
import { dataWords as words, partWords, STATE_COLORS, STATE_WORDS } from '@/features/data/strings';
import { VideoParts } from '@/features/data/video-parts';
import { ButtonLink } from '@/components/links';
import { QueryView } from '@/components/query-view';
import { useAction } from '@/hooks/use-action';
import { useMay } from '@/hooks/use-project';
import { paths } from '@/lib/paths';
import { partName } from '@/lib/video-part';
import type { Label, Schemas } from '@/types/api';

type Props = {
  projectId: string;
  assetId: string;
  /** The grid's row, where the picture is among those shown: it knows the task. */
  row: AssetRow | undefined;
  labels: readonly Label[];
  onClose: () => void;
  onOpen: (assetId: string) => void;
  onAside: () => void;
};

/** One picture with everything known about it, beside the grid. */
export function AssetPanel(props: Props) {
  const asset = useQuery(assetQuery(props.assetId));
  return (
    <aside className={css.panel} aria-label={words.panel}>
      <Group className={css.panelHead} wrap="nowrap" justify="space-between">
        <Text fw={600} size="sm" truncate title={props.row?.name}>
          {props.row?.name ?? asset.data?.name ?? '\u00a0'}
        </Text>
        <Tooltip label={words.close}>
          <ActionIcon aria-label={words.close} onClick={props.onClose}>
            <IconX size={16} />
          </ActionIcon>
        </Tooltip>
      </Group>
      <div className={css.panelBody}>
        <QueryView query={asset} skeleton={<PanelSkeleton />}>
          {(data) => <Loaded {...props} asset={data} />}
        </QueryView>
      </div>
    </aside>
  );
}

function PanelSkeleton() {
  return (
    <Stack gap="sm">
      <Skeleton height={220} />
      <Skeleton height={32} />
      <Skeleton height={160} />
    </Stack>
  );
}

function Loaded({ asset, ...props }: Props & { asset: Schemas['AssetDetail'] }) {
  const { projectId, row, labels } = props;
  const task = row?.task ?? null;
  const part = task?.parts.find(({ id }) => id === task.id)?.part;
  return (
    <Stack gap="md">
      <div className={css.panelPicture} style={{ aspectRatio: `${asset.width || 4} / ${asset.height || 3}` }}>
        {asset.image_url && <img src={asset.image_url} alt={asset.name} decoding="async" />}
        {task && (
          <ObjectsOverlay
            projectId={projectId}
            taskId={task.id}
            width={asset.width ?? 0}
            height={asset.height ?? 0}
            labels={labels}
          />
        )}
      </div>
      <Actions {...props} asset={asset} />
      {task?.blind && (
        <Text size="xs" c="dimmed">
          {words.blind}
        </Text>
      )}
      <AssetFacts asset={asset} row={row} />
      {task && row?.kind === 'video' && (
        <Block title={partWords.block}>
          <VideoParts projectId={projectId} row={row} />
        </Block>
      )}
      {task && (
        <Block title={part ? `${words.history}, ${partName(part).toLowerCase()}` : words.history}>
          <History projectId={projectId} taskId={task.id} />
        </Block>
      )}
      <Block title={words.nearCopies}>
        <NearCopies projectId={projectId} assetId={asset.id} onOpen={props.onOpen} />
      </Block>
    </Stack>
  );
}

export function Block({ title, children }: { title: string; children: ReactNode }) {
  return (
    <Stack gap={6} component="section">
      <Text size="xs" fw={600} c="dimmed">
        {title}
      </Text>
      {children}
    </Stack>
  );
}

function Actions({ projectId, row, asset, onAside }: Props & { asset: Schemas['AssetDetail'] }) {
  const task = row?.task;
  const mayLabel = useMay(projectId, 'annotator');
  const isReviewer = useMay(projectId, 'reviewer');
  const back = useAction({
    run: () => assetsInclude(projectId, [asset.id]),
    makesOld: [['assets', projectId]],
    done: `${asset.name} was brought back`,
  });
  const isOpenWork = task && ['ready', 'in_work', 'in_review'].includes(task.state);
  return (
    <Group gap="xs">
      {task && (
        <Badge variant="light" color={STATE_COLORS[task.state]} tt="none" size="lg" fw={500}>
          {STATE_WORDS[task.state]}
        </Badge>
      )}
      {task && (
        <ButtonLink
          to={paths.annotate(projectId, task.id)}
          size="xs"
          variant={isOpenWork && mayLabel ? 'filled' : 'default'}
          leftSection={<IconBrush size={15} stroke={1.6} />}
        >
          {isOpenWork && mayLabel ? (asset.kind === 'video' ? words.openVideo : words.open) : words.look}
        </ButtonLink>
      )}
      {asset.original_url && (
        <Button
          component="a"
          href={asset.original_url}
          download={asset.name}
          size="xs"
          variant="default"
          leftSection={<IconDownload size={15} stroke={1.6} />}
        >
          {words.download}
        </Button>
      )}
      {isReviewer && row && (
        <Button
          size="xs"
          variant="default"
          loading={back.isPending}
          onClick={() => (row.excluded_at ? back.mutate() : onAside())}
        >
          {row.excluded_at ? words.bringBack : `${words.setAside}…`}
        </Button>
      )}
    </Group>
  );
}
