import { type Logger, LogLevel } from '@slack/bolt'

/** Bolt's and the clients' own logs carry payloads at debug level; nothing of theirs is written. */
export const SILENT: Logger = {
  debug() {},
  info() {},
  warn() {},
  error() {},
  setLevel() {},
  getLevel: () => LogLevel.ERROR,
  setName() {},
}
