import type { PlatformName, Traits } from '../src/platform.ts'

/** Slack as the door knows it, for services whose platforms are not up. */
export const SLACK_ALONE: ReadonlyMap<PlatformName, Traits> = new Map([
  ['slack', { name: 'slack', prefix: '/group ', reachesUnseen: true, keepsForms: true }],
])
