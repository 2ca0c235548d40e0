import type { PagePerson, PageState } from '../protocol.ts'

const PLATFORMS = { slack: 'Slack', teams: 'Microsoft Teams' } as const

type Props = {
  state: PageState
  read: Readonly<Record<string, number>>
  onChoose(id: string): void
}

/** The people who can be played: a list of buttons, or on a narrow screen a select. */
export function PeopleList({ state, read, onChoose }: Props) {
  const workspaces = [
    ...new Set(state.people.map((person) => `${person.platform} ${person.workspace}`)),
  ].map((key) => state.people.filter((person) => `${person.platform} ${person.workspace}` === key))
  const titleOf = (people: PagePerson[]) => {
    const first = people[0]
    return first ? `${PLATFORMS[first.platform]} · ${first.workspace}` : ''
  }
  return (
    <>
      <label className="narrow">
        <span>You are</span>
        <select value={state.person.id} onChange={(event) => onChoose(event.currentTarget.value)}>
          {workspaces.map((people) => (
            <optgroup key={titleOf(people)} label={titleOf(people)}>
              {people.map((person) => (
                <option key={person.id} value={person.id}>
                  {person.name}
                </option>
              ))}
            </optgroup>
          ))}
        </select>
      </label>
      <div className="wide">
        {workspaces.map((people) => (
          <section key={titleOf(people)}>
            <h2>{titleOf(people)}</h2>
            {people[0] && !people[0].isConnected && (
              <p className="hint">Not connected to this Groupwell.</p>
            )}
            <ul>
              {people.map((person) => (
                <li key={person.id}>
                  <PersonButton
                    person={person}
                    isChosen={person.id === state.person.id}
                    read={read}
                    onChoose={onChoose}
                  />
                </li>
              ))}
            </ul>
          </section>
        ))}
      </div>
    </>
  )
}

function PersonButton({
  person,
  isChosen,
  read,
  onChoose,
}: { person: PagePerson; isChosen: boolean } & Omit<Props, 'state'>) {
  const fresh = isChosen ? 0 : person.messages - (read[person.id] ?? 0)
  return (
    <button type="button" aria-current={isChosen} onClick={() => onChoose(person.id)}>
      <span className={`face role-${person.role}`} aria-hidden="true">
        {person.name.replace('Member ', '').slice(0, 2)}
      </span>
      {person.name}
      {fresh > 0 && (
        <span className="fresh">
          {fresh}
          <span className="unseen"> new</span>
        </span>
      )}
    </button>
  )
}
