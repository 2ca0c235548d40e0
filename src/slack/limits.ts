/**
 * Sizes that Slack refuses beyond (docs.slack.dev, Block Kit and views reference; the sum is from
 * bolt-js issue 2509).
 */
export const SLACK_LIMITS = {
  blocksInMessage: 50,
  blocksInView: 100,
  textInMessage: 12_000,
  sectionText: 3_000,
  headerText: 150,
  contextText: 2_000,
  buttonText: 75,
  /** A button's value takes 2,000 characters, JSON's escapes included. */
  draft: 250,
  buttonsInRow: 25,
  viewTitle: 24,
  viewButton: 24,
  inputLabel: 2_000,
  inputHint: 2_000,
  optionLabel: 75,
  optionValue: 75,
  options: 100,
  radioOptions: 10,
  /** In one view; a title or axis, and a label or a series' name. */
  charts: 2,
  chartTitle: 50,
  chartLabel: 20,
  notification: 4_000,
  textInput: 3_000,
} as const
