import type { Texts } from '../content/load.ts'
import type { DisclosedWords } from '../domain/disclosure.ts'
import { WORDS_DAYS } from '../domain/retention.ts'
import { type Card, card, list, note, text } from './card.ts'

/** The words of members, in an order of their own. */
export function wordsCard({ t }: Texts, facts: { alias: string; words: DisclosedWords }): Card {
  return {
    ...card('words', t('words.title', { alias: facts.alias }), [
      text(t('words.intro')),
      list(facts.words),
      note(t('words.dontGuess', { days: WORDS_DAYS })),
    ]),
    notification: t('leadOn.content'),
  }
}
