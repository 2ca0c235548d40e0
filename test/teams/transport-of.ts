/**
 * The library that the Teams suite runs on now: it runs once on each (teams-apps.test.ts). Asked
 * anew each time, since files of one worker share their modules.
 */
export const transport = () =>
  process.env.TEST_TEAMS_TRANSPORT === 'teams-apps' ? 'teams-apps' : 'botbuilder'
