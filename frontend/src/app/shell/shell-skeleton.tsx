import css from '@/app/shell/shell.module.css';
import { PageSkeleton } from '@/components/skeletons';

/** The empty frame, so that nothing moves when the session is known. */
export function ShellSkeleton() {
  return (
    <div className={css.shell}>
      <div className={css.rail} />
      <div className={css.topline} />
      <div className={css.main}>
        <PageSkeleton />
      </div>
    </div>
  );
}
