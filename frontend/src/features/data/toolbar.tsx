import { ActionIcon, Button, Group, Menu, Select, Slider, Switch, Text, Tooltip } from '@mantine/core';
import {
  IconBookmark,
  IconChevronDown,
  IconDownload,
  IconFileImport,
  IconFilter,
  IconSnowflake,
  IconUpload,
} from '@tabler/icons-react';

import css from '@/features/data/data.module.css';
import { ORDERS, type Order } from '@/features/data/filters';
import { dataWords as words, ORDER_WORDS } from '@/features/data/strings';
import { ButtonLink } from '@/components/links';
import { useMay } from '@/hooks/use-project';
import { paths } from '@/lib/paths';

export type DialogName = 'slice' | 'freeze' | 'export' | 'import' | 'assign' | 'people' | 'aside';
export const TILE_MIN = 96;
export const TILE_MAX = 360;

type Props = {
  projectId: string;
  /** "60 pictures shown; more below". */
  shown: string;
  order: Order;
  size: number;
  showObjects: boolean;
  showFilters: boolean;
  canSave: boolean;
  onOrder: (order: Order) => void;
  onSize: (size: number) => void;
  onShowObjects: (show: boolean) => void;
  onShowFilters: (show: boolean) => void;
  onDialog: (dialog: DialogName) => void;
};

export function Toolbar(props: Props) {
  const filterWords = props.showFilters ? words.hideFilters : words.showFilters;
  return (
    <Group className={css.toolbar} gap="sm" wrap="nowrap">
      <Tooltip label={filterWords}>
        <ActionIcon
          aria-label={filterWords}
          aria-pressed={props.showFilters}
          variant={props.showFilters ? 'light' : 'subtle'}
          onClick={() => props.onShowFilters(!props.showFilters)}
        >
          <IconFilter size={17} stroke={1.6} />
        </ActionIcon>
      </Tooltip>
      <Text size="sm" c="dimmed" truncate flex={1} miw={0} aria-live="polite" className={css.shown}>
        {props.shown}
      </Text>
      <Switch
        size="xs"
        label={words.boxes}
        checked={props.showObjects}
        onChange={(event) => props.onShowObjects(event.currentTarget.checked)}
        className={css.boxSwitch}
      />
      <Slider
        thumbLabel={words.density}
        className={css.density}
        min={TILE_MIN}
        max={TILE_MAX}
        step={8}
        size="sm"
        label={null}
        value={props.size}
        onChange={props.onSize}
      />
      <Select
        aria-label={words.order}
        size="xs"
        w={138}
        flex="none"
        allowDeselect={false}
        data={ORDERS.map((value) => ({ value, label: ORDER_WORDS[value] }))}
        value={props.order}
        onChange={(value) => value && props.onOrder(value as Order)}
      />
      <DoMenu {...props} />
    </Group>
  );
}

function DoMenu({ projectId, canSave, onDialog }: Props) {
  const isReviewer = useMay(projectId, 'reviewer');
  const isScientist = useMay(projectId, 'scientist');
  const isManager = useMay(projectId, 'manager');
  const isAnnotator = useMay(projectId, 'annotator');
  const icon = { size: 16, stroke: 1.6 };
  return (
    <Group gap={6} wrap="nowrap" flex="none">
      {isReviewer && (
        <Menu position="bottom-end" width={230}>
          <Menu.Target>
            <Button size="xs" variant="default" rightSection={<IconChevronDown size={14} />}>
              Do with these
            </Button>
          </Menu.Target>
          <Menu.Dropdown>
            <Menu.Item
              leftSection={<IconBookmark {...icon} />}
              disabled={!canSave}
              onClick={() => onDialog('slice')}
            >
              {words.saveSlice}…
            </Menu.Item>
            {isScientist && (
              <Menu.Item leftSection={<IconSnowflake {...icon} />} onClick={() => onDialog('freeze')}>
                {words.freeze}…
              </Menu.Item>
            )}
            {isScientist && (
              <Menu.Item leftSection={<IconDownload {...icon} />} onClick={() => onDialog('export')}>
                {words.export}…
              </Menu.Item>
            )}
            {isManager && (
              <>
                <Menu.Divider />
                <Menu.Item leftSection={<IconFileImport {...icon} />} onClick={() => onDialog('import')}>
                  {words.import}…
                </Menu.Item>
              </>
            )}
          </Menu.Dropdown>
        </Menu>
      )}
      {isAnnotator && (
        <ButtonLink
          to={paths.upload(projectId)}
          className={css.add}
          size="xs"
          leftSection={<IconUpload size={15} stroke={1.6} />}
        >
          {words.noneAdd}
        </ButtonLink>
      )}
    </Group>
  );
}
