import { Avatar, Tooltip } from '@mantine/core';

import { useMe } from '@/hooks/use-session';
import type { Present } from '@/types/annotation';

import { flowWords as words } from '../flow-strings';
import { usePresence } from '../work/use-presence';

const SHOWN = 4;

/** Who else has this task open, and what that means for one's work. */
export function PresentPeople({ taskId, tab }: { taskId: string; tab: string }) {
  const me = useMe();
  const others = usePresence(taskId, tab);
  if (others.length === 0) return null;
  const nameOf = (each: Present) => (each.user_id === me.id ? words.yourOther : each.name);
  const said = others.map((each) => `${nameOf(each)} (${words.modes[each.mode]})`);
  const maySave = others.some((each) => each.mode !== 'read');
  const about = `${words.alsoHere(said)}. ${maySave ? words.bothSave : ''}`;
  return (
    <Tooltip label={about} multiline maw={320}>
      <Avatar.Group role="status" aria-label={about} tabIndex={0} spacing={6}>
        {others.slice(0, SHOWN).map((each) => (
          <Avatar
            key={each.tab}
            size={24}
            name={each.name}
            color={each.mode === 'read' ? 'gray' : 'yellow'}
            alt={each.name}
          />
        ))}
        {others.length > SHOWN && <Avatar size={24}>+{others.length - SHOWN}</Avatar>}
      </Avatar.Group>
    </Tooltip>
  );
}
