import { Button, Menu, Stack } from '@mantine/core';
import { IconChevronDown, IconSparkles } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { useNavigate, useSearch } from '@tanstack/react-router';
import { useState } from 'react';

import { modelsQuery, trainingsQuery } from '@/features/models/api';
import { AssistSection } from '@/features/models/assist-section';
import { LearningSection } from '@/features/models/learning-section';
import { ModelTable } from '@/features/models/model-table';
import { RetrainingSection } from '@/features/models/retraining/retraining-section';
import { RegisterDialog, type Source } from '@/features/models/register-dialog';
import { modelWords as words } from '@/features/models/strings';
import { TrainDialog } from '@/features/models/train-dialog';
import { Trainings } from '@/features/models/trainings';
import { PageFrame } from '@/components/page';
import { QueryView } from '@/components/query-view';
import { TableSkeleton } from '@/components/skeletons';
import { EmptyState } from '@/components/states';
import { useMay } from '@/hooks/use-project';
import { useParam } from '@/hooks/use-param';
import { paths } from '@/lib/paths';

export default function ModelsPage() {
  const projectId = useParam('projectId');
  const models = useQuery(modelsQuery(projectId));
  const { data: trainings = [] } = useQuery(trainingsQuery(projectId));
  const isScientist = useMay(projectId, 'scientist');
  const [source, setSource] = useState<Source | null>(null);
  // `?train=<dataset version>` opens the dialog: datasets lead here with "train on this".
  const { train }: { train?: string } = useSearch({ strict: false });
  const navigate = useNavigate();
  const setTrain = (datasetId: string | undefined) =>
    void navigate({
      to: paths.models(projectId),
      search: datasetId ? { train: datasetId } : {},
      replace: true,
    });
  return (
    <PageFrame
      title={words.title}
      about={words.about}
      actions={
        <>
          <RegisterMenu projectId={projectId} onPick={setSource} />
          {isScientist && (
            <Button leftSection={<IconSparkles size={16} stroke={1.6} />} onClick={() => setTrain('newest')}>
              {words.train}…
            </Button>
          )}
        </>
      }
    >
      <Stack gap="lg">
        <Trainings projectId={projectId} trainings={trainings} />
        <QueryView
          query={models}
          skeleton={<TableSkeleton rows={6} height={52} />}
          isEmpty={(list) => list.length === 0}
          empty={
            <EmptyState
              title={words.none}
              icon={IconSparkles}
              action={isScientist && <Button onClick={() => setTrain('newest')}>{words.train}…</Button>}
            >
              {words.noneWhy}
            </EmptyState>
          }
        >
          {(list) => <ModelTable projectId={projectId} models={list} />}
        </QueryView>
        <RetrainingSection projectId={projectId} />
        <LearningSection projectId={projectId} />
        <AssistSection projectId={projectId} />
      </Stack>
      {train && isScientist && (
        <TrainDialog
          projectId={projectId}
          models={models.data ?? []}
          datasetId={train}
          onClose={() => setTrain(undefined)}
        />
      )}
      {source && <RegisterDialog projectId={projectId} source={source} onClose={() => setSource(null)} />}
    </PageFrame>
  );
}

function RegisterMenu({ projectId, onPick }: { projectId: string; onPick: (source: Source) => void }) {
  const isManager = useMay(projectId, 'manager');
  if (!isManager) return null;
  return (
    <Menu position="bottom-end">
      <Menu.Target>
        <Button variant="default" rightSection={<IconChevronDown size={14} />}>
          {words.register}
        </Button>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Item onClick={() => onPick('onnx')}>{words.registerOnnx}</Menu.Item>
        <Menu.Item onClick={() => onPick('http')}>{words.registerHttp}</Menu.Item>
      </Menu.Dropdown>
    </Menu>
  );
}
