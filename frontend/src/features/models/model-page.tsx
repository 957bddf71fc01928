import { Group, Stack } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';

import { modelQuery, type Model } from '@/features/models/api';
import { BindingEditor } from '@/features/models/binding-editor';
import { StateChip } from '@/features/models/chips';
import { classRows, promptRows } from '@/features/models/figures';
import { Lineage, SuggestionRecord } from '@/features/models/lineage';
import css from '@/features/models/models.module.css';
import { PerClass } from '@/features/models/per-class';
import { PromoteButton } from '@/features/models/promote-button';
import { RolloutSection } from '@/features/models/rollout/rollout-section';
import { KIND_WORDS, modelWords as words, PROMPT_WORDS, PROVIDER_WORDS } from '@/features/models/strings';
import { Verdict } from '@/features/models/verdict';
import { ButtonLink } from '@/components/links';
import { PageFrame, Section } from '@/components/page';
import { QueryView } from '@/components/query-view';
import { PageSkeleton } from '@/components/skeletons';
import { useParam } from '@/hooks/use-param';
import { usePageTitle } from '@/hooks/use-page-title';
import { capitalised, measureOf } from '@/lib/measures';
import { paths } from '@/lib/paths';

export default function ModelPage() {
  const projectId = useParam('projectId');
  const modelId = useParam('modelId');
  const model = useQuery(modelQuery(projectId, modelId));
  usePageTitle(model.data ? `Model ${model.data.number}` : null);
  return (
    <QueryView query={model} skeleton={<PageSkeleton />}>
      {(data) => <Loaded projectId={projectId} model={data} />}
    </QueryView>
  );
}

function Loaded({ projectId, model }: { projectId: string; model: Model }) {
  const isAssist = model.kind === 'assist';
  const classes = model.gate && !isAssist ? classRows(model.gate) : [];
  const prompts = model.gate && isAssist ? promptRows(model.gate, PROMPT_WORDS) : [];
  return (
    <PageFrame
      title={
        <Group gap="sm" component="span">
          Model {model.number}
          <StateChip state={model.state} />
        </Group>
      }
      about={[model.name, KIND_WORDS[model.kind], PROVIDER_WORDS[model.provider]].join(' · ')}
      actions={<PromoteButton projectId={projectId} model={model} />}
    >
      <div className={css.columns}>
        <Stack gap="lg">
          <Verdict projectId={projectId} model={model} />
          <RolloutSection projectId={projectId} model={model} />
          {classes.length > 0 && (
            <Section
              title={words.perClass}
              about={words.perClassAbout(capitalised(measureOf(model.kind)))}
              actions={
                <ButtonLink to={paths.comparison(projectId, model.id)} size="xs" variant="default">
                  {words.whereItErrs}
                </ButtonLink>
              }
            >
              <PerClass
                rows={classes}
                label={words.perClassAbout(capitalised(measureOf(model.kind)))}
                other={model.gate?.production_id ? words.productionThen : null}
              />
            </Section>
          )}
          {prompts.length > 0 && (
            <Section title={words.byPrompt} about={words.byPromptAbout}>
              <PerClass
                rows={prompts}
                label={words.byPromptAbout}
                other={model.gate?.production_id ? words.productionThen : words.shippedSide}
              />
            </Section>
          )}
          {!isAssist && (
            <Section title={words.binding} about={words.bindingAbout}>
              <BindingEditor key={model.binding.version} projectId={projectId} model={model} />
            </Section>
          )}
        </Stack>
        <Stack gap="lg">
          {!isAssist && (
            <Section title={words.record}>
              <SuggestionRecord counts={model.suggestions} />
            </Section>
          )}
          <Section title={words.lineage}>
            <Lineage projectId={projectId} model={model} />
          </Section>
        </Stack>
      </div>
    </PageFrame>
  );
}
