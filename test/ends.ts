import { onTestFinished, TestRunner } from 'vitest'
import { tempDir } from './temp-dir.ts'

/** Ends what runs. */
export type End = () => Promise<void>

/** The same, done once however often it is called. */
export function once(end: End): End {
  let ending: Promise<void> | null = null
  return () => {
    ending ??= end()
    return ending
  }
}

const ofFile: End[] = []

/**
 * Things that a test starts end with it, also when an assertion fails; those of a file, with the
 * file.
 */
export function atTheEnd(end: End): void {
  if (TestRunner.getCurrentTest()) onTestFinished(end)
  else ofFile.push(end)
}

/** A directory that goes with the test or the file that asked for it. */
export function ownDir(): string {
  const { dir, remove } = tempDir()
  atTheEnd(async () => remove())
  return dir
}

/** Ends what a file started outside its tests, the last first. */
export async function endFile(): Promise<void> {
  for (const end of ofFile.splice(0).reverse()) await end()
}
