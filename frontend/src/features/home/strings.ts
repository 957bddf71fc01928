export const homeWords = {
  title: 'Home',
  loop: 'The loop, per project',
  jobs: 'Jobs running',
  notices: 'Notices',
  noProjects: 'Nothing to work on yet',
  noProjectsWhy:
    'A project holds the pictures of one question, its labels and its models. It takes a minute.',
  askAccess: 'Nobody has shared a project with you yet. Ask a manager to add you to one.',
  newProject: 'New project',
  idle: 'Nothing waits for you. New work shows up here by itself.',
  noJobs: 'Nothing is running.',
  noNotices: 'Nothing new.',
};
