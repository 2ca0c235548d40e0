import { useEffect, useRef, useState } from 'react'
import type { DatabaseView, PageState } from '../protocol.ts'
import { act, timeOf, useDatabase } from './api.ts'

/** The lines that anybody who looks at this person's phone can read. */
export function LockScreen({ state }: { state: PageState }) {
  return (
    <section className="lock" aria-labelledby="lock-title">
      <h2 id="lock-title">Lock screen</h2>
      <p className="hint">All that a notification shows of the messages to {state.person.name}.</p>
      <div className="phone">
        {state.lockScreen.length === 0 && <p>No notification yet.</p>}
        <ul>
          {state.lockScreen.map((one) => (
            <li key={one.at + one.text}>
              <strong>Groupwell</strong> <time dateTime={one.at}>{timeOf(one.at)}</time>
              <br />
              {one.text}
            </li>
          ))}
        </ul>
      </div>
    </section>
  )
}

/** A check-in's rows, as somebody with the whole database sees them. */
export function DatabasePanel({ state, onDone }: { state: PageState; onDone(): void }) {
  const [isShown, setShown] = useState(false)
  const view = useDatabase(state.person.platform, isShown)
  return (
    <>
      {state.canOthersAnswer && <OthersAnswer state={state} onDone={onDone} />}
      <details className="database" onToggle={(event) => setShown(event.currentTarget.open)}>
        <summary>
          <h2>What the database sees</h2>
        </summary>
        {view ? <DatabaseRows view={view} directory={state.directory} /> : <p>Looking …</p>}
      </details>
    </>
  )
}

/** One person cannot play eight: the rest answer by themselves when asked to. */
function OthersAnswer({ state, onDone }: { state: PageState; onDone(): void }) {
  const [problem, setProblem] = useState<string | null>(null)
  const [isBusy, setBusy] = useState(false)
  const answer = async () => {
    setBusy(true)
    const done = await act({ do: 'othersAnswer', person: state.person.id })
    setBusy(false)
    setProblem(done.problem)
    onDone()
  }
  return (
    <p>
      <button type="button" onClick={answer} disabled={isBusy || state.history !== null}>
        Let the other members answer
      </button>
      {problem && <span role="alert">{problem}</span>}
    </p>
  )
}

function DatabaseRows({
  view,
  directory,
}: {
  view: DatabaseView
  directory: PageState['directory']
}) {
  const changed = useChanged(view)
  if (!view.checkIn) return <p>No check-in has opened yet.</p>
  const { checkIn, unit } = view
  return (
    <>
      <p>
        Check-in of {checkIn.alias}: <strong>{checkIn.state}</strong>,
        {` ${timeOf(checkIn.opensAt)} to ${timeOf(checkIn.closesAt)}`}
        {unit && ` · results need ${unit.k} answers · unit ${unit.state}`}
      </p>
      <p>
        Key in KEY_DIR: <strong>{view.hasKey ? 'kept until the count' : 'destroyed'}</strong>
      </p>
      <h3>Ballot, {view.ballots.length} rows</h3>
      {view.ballots.length === 0 ? (
        <p>The ballots are deleted. Nothing of them is left.</p>
      ) : (
        <>
          {/* biome-ignore lint/a11y/noNoninteractiveTabindex: keys must reach a region that scrolls */}
          <section className="rows" aria-label="Ballot rows" tabIndex={0}>
            <table>
              <thead>
                <tr>
                  <th scope="col">member</th>
                  <th scope="col">box ({view.ballots[0]?.bytes} bytes each)</th>
                </tr>
              </thead>
              <tbody>
                {view.ballots.map((ballot) => (
                  <tr key={ballot.memberId}>
                    <td>
                      {directory.find(({ id }) => id === ballot.memberId)?.name ??
                        ballot.memberId.slice(0, 8)}
                    </td>
                    <td>
                      <code>{ballot.box}</code>
                    </td>
                  </tr>
                ))}
              </tbody>
            </table>
          </section>
          <p className="hint" role="status">
            {changed === null
              ? 'Every member has a box, answered or not. Send answers and look again.'
              : `${changed} of ${view.ballots.length} boxes changed with the last answers: nobody can tell whose they were.`}
          </p>
        </>
      )}
      <Release view={view} />
    </>
  )
}

function Release({ view }: { view: DatabaseView }) {
  if (view.shown === null) {
    if (view.unit?.state !== 'withheld') return null
    return <p>Too few answered: nothing was kept, not even how many.</p>
  }
  return (
    <>
      <h3>Release</h3>
      <p>What everybody may see, and nothing that it was made of:</p>
      <p>
        <code>{view.shown}</code>
      </p>
      {view.sums && (
        <p>
          The sums that the next comparison needs, sealed, and gone by{' '}
          {view.sums.destroyOn.slice(0, 10)}: <code>{view.sums.sealed}</code>
        </p>
      )}
    </>
  )
}

/** How many boxes are others than they were before the last change; null before the first. */
function useChanged({ ballots }: DatabaseView): number | null {
  const [changed, setChanged] = useState<number | null>(null)
  const before = useRef<Map<string, string>>(new Map())
  const boxes = ballots.map(({ memberId, box }) => `${memberId} ${box}`).join('\n')
  useEffect(() => {
    const known = before.current
    const others = ballots.filter(
      ({ memberId, box }) => known.has(memberId) && known.get(memberId) !== box,
    ).length
    before.current = new Map(ballots.map(({ memberId, box }) => [memberId, box]))
    setChanged(others === 0 ? null : others)
  }, [boxes])
  return changed
}
