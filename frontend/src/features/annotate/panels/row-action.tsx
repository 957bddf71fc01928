import type { IconEye } from '@tabler/icons-react';

import own from './panels.module.css';

type Props = {
  label: string;
  icon: typeof IconEye;
  onClick: () => void;
  tabIndex?: number;
  /** Said by the pointer, where that is more than the label. */
  title?: string;
  /** Worth seeing without pointing at the row. */
  isActive?: boolean;
  isOff?: boolean;
};

/** A small button of a row. Plain: it costs a tenth of the library's where there are hundreds. */
export function RowAction({ label, icon: Icon, onClick, tabIndex, title, isActive, isOff }: Props) {
  return (
    <button
      type="button"
      className={own.action}
      tabIndex={tabIndex}
      aria-label={label}
      title={title ?? label}
      data-active={isActive || undefined}
      disabled={isOff}
      onClick={onClick}
    >
      <Icon size={14} stroke={1.6} />
    </button>
  );
}
