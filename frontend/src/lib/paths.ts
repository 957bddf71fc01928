/** Every address of the app, so that features link to each other without importing each other. */

export const paths = {
  home: () => '/',
  work: () => '/work',
  projects: () => '/projects',
  project: (projectId: string) => `/p/${projectId}`,
  projectSettings: (projectId: string, tab?: string) => `/p/${projectId}/settings${tab ? `?tab=${tab}` : ''}`,
  upload: (projectId: string) => `/p/${projectId}/upload`,
  data: (projectId: string) => `/p/${projectId}/data`,
  annotate: (projectId: string, taskId?: string) => `/p/${projectId}/annotate${taskId ? `/${taskId}` : ''}`,
  review: (projectId: string) => `/p/${projectId}/review`,
  datasets: (projectId: string) => `/p/${projectId}/datasets`,
  dataset: (projectId: string, datasetId: string) => `/p/${projectId}/datasets/${datasetId}`,
  models: (projectId: string) => `/p/${projectId}/models`,
  model: (projectId: string, modelId: string) => `/p/${projectId}/models/${modelId}`,
  live: (projectId: string) => `/p/${projectId}/live`,
  sites: () => '/sites',
  people: () => '/people',
  jobs: () => '/jobs',
  job: (jobId: string) => `/jobs/${jobId}`,
  account: () => '/account',
  link: (token: string) => `/link/${token}`,
};
