import { useState } from 'react'
import type { PageState } from '../protocol.ts'
import { act, timeOf } from './api.ts'

const HOUR_MS = 60 * 60_000
const JUMPS = [
  ['1 hour on', HOUR_MS],
  ['1 day on', 24 * HOUR_MS],
  ['1 week on', 7 * 24 * HOUR_MS],
] as const

/** The product clock: what time it is in the story, what happens next, and ways to get there. */
export function ClockBar({ state, onDone }: { state: PageState; onDone(): void }) {
  const [isMoving, setMoving] = useState(false)
  const [problem, setProblem] = useState<string | null>(null)
  const isBusy = isMoving || state.history !== null
  const moveTo = async (to: string) => {
    setMoving(true)
    const answer = await act({ do: 'clock', platform: state.person.platform, to })
    setMoving(false)
    setProblem(answer.problem)
    onDone()
  }
  const jump = (ms: number) => moveTo(new Date(new Date(state.now).getTime() + ms).toISOString())
  return (
    <section className="clock" aria-label="Clock">
      <p>
        <time dateTime={state.now}>{timeOf(state.now)}</time> <small>Berlin time</small>
      </p>
      {state.history ? (
        <p role="status" className="telling">
          Telling the last weeks: {state.history.done} of {state.history.total}
          <progress max={state.history.total} value={state.history.done} aria-label="Weeks told" />
        </p>
      ) : (
        <p className="next">
          {state.next ? (
            <button
              type="button"
              className="primary"
              disabled={isBusy}
              onClick={() => state.next && moveTo(state.next.at)}
            >
              Go to the next thing that happens
            </button>
          ) : null}
          <span>
            {state.next ? `${state.next.what}, ${timeOf(state.next.at)}` : 'Nothing is planned.'}
          </span>
        </p>
      )}
      <p className="jumps">
        {JUMPS.map(([label, ms]) => (
          <button key={label} type="button" disabled={isBusy} onClick={() => jump(ms)}>
            {label}
          </button>
        ))}
      </p>
      <p role="status" className="unseen-when-empty">
        {isMoving ? 'Time passes …' : problem}
      </p>
    </section>
  )
}
