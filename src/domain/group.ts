import type { Role } from './access.ts'
import { MAX_MEMBERS } from './limits.ts'

/** Somebody chosen for a roster, with what decides whether they may be on it. */
type Candidate = {
  personId: string
  isStaff: boolean
  isBot: boolean
  isDeactivated: boolean
}

export type RosterChoice = Record<Role, readonly Candidate[]>

/** Why a roster is refused; `people` are the ones that the text names. */
export type RosterProblem = {
  field: 'members' | 'facilitators' | 'supervisors'
  reason: 'tooMany' | 'notStaff' | 'both' | 'twoRoles' | 'noFacilitator' | 'bot'
  people: readonly string[]
}

/** The first thing wrong with each field of a chosen roster; empty when it may be saved. */
export function rosterProblems(choice: RosterChoice): RosterProblem[] {
  const problems: RosterProblem[] = []
  const { member: members, facilitator: facilitators, supervisor: supervisors } = choice
  const staffIds = new Set([...facilitators, ...supervisors].map((person) => person.personId))
  const add = (
    field: RosterProblem['field'],
    reason: RosterProblem['reason'],
    people: readonly Candidate[],
  ) => {
    if (problems.some((problem) => problem.field === field)) return
    problems.push({ field, reason, people: people.map((person) => person.personId) })
  }
  const unusable = (people: readonly Candidate[]) =>
    people.filter((person) => person.isBot || person.isDeactivated)
  const notStaff = (people: readonly Candidate[]) => people.filter((person) => !person.isStaff)
  if (members.length > MAX_MEMBERS) add('members', 'tooMany', [])
  const both = members.filter((person) => staffIds.has(person.personId))
  if (both.length > 0) add('members', 'both', both)
  if (unusable(members).length > 0) add('members', 'bot', unusable(members))
  if (facilitators.length === 0) add('facilitators', 'noFacilitator', [])
  if (notStaff(facilitators).length > 0) add('facilitators', 'notStaff', notStaff(facilitators))
  const facilitatorIds = new Set(facilitators.map((person) => person.personId))
  const twice = supervisors.filter((person) => facilitatorIds.has(person.personId))
  if (twice.length > 0) add('supervisors', 'twoRoles', twice)
  if (notStaff(supervisors).length > 0) add('supervisors', 'notStaff', notStaff(supervisors))
  return problems
}

/**
 * The word in an alias that could tell a bystander about health, or null. A stem of four letters or
 * fewer must be a whole word ("hiv", "pain"), so that "Spain" and "achievers" pass.
 */
export function diagnosisWordIn(alias: string, stems: readonly string[]): string | null {
  const words =
    readable(alias)
      .toLowerCase()
      .match(/[\p{L}\p{M}]+(?:-[\p{L}\p{M}]+)*/gu) ?? []
  const joined = words.join(' ')
  for (const stem of stems) {
    if (stem.includes(' ') && joined.includes(stem)) return stem
    const found = words.find((word) =>
      word
        .split('-')
        .concat(word)
        .some((part) => matches(part, stem)),
    )
    if (found) return found
  }
  return null
}

/**
 * As an eye reads it: wide and styled letters as plain ones, without what is invisible, and letters
 * that are set apart ("H.I.V.", "d e p r e s s e d") as a word.
 */
function readable(text: string): string {
  return text
    .normalize('NFKC')
    .replace(INVISIBLE, '')
    .replace(SPELT_OUT, (letters) => letters.replace(/[^\p{L}\p{M}]/gu, ''))
}
const INVISIBLE =
  /\p{Cf}|\p{Cc}|\u034F|\u115F|\u1160|\u17B4|\u17B5|\u3164|\uFFA0|\p{Variation_Selector}/gu
/** Single letters, each followed by no more than two other characters. */
const SPELT_OUT =
  /(?<![\p{L}\p{M}])\p{L}\p{M}*(?:[^\p{L}\p{M}\p{N}]{1,2}\p{L}\p{M}*(?![\p{L}\p{M}])){2,}/gu

function matches(word: string, stem: string): boolean {
  return stem.length <= 4 ? word === stem || word === `${stem}s` : word.startsWith(stem)
}
