/**
 * Teams takes 100 KB a message (UTF-16, mentions included) and advises 80 KB; text is kept far
 * below.
 */
export const TEAMS_LIMITS = {
  blockText: 3_000,
  titleText: 150,
  buttonText: 75,
  buttonsInRow: 6,
  /** Letters that a row of buttons holds on a phone, margins included. */
  rowText: 46,
  cardText: 20_000,
  blocks: 120,
  notification: 200,
} as const
