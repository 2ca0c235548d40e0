/** The library that the Teams suite runs on: it runs once on each (teams-apps.test.ts). */
export const TRANSPORT =
  process.env.TEST_TEAMS_TRANSPORT === 'teams-apps' ? 'teams-apps' : 'botbuilder'
