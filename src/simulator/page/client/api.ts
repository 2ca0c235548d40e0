import { useCallback, useEffect, useState } from 'react'
import type { DatabaseView, PageAct, PageAnswer, PageState, PlatformName } from '../protocol.ts'

/**
 * The page's view for one person, looked at again whenever something changed. Null until the first
 * answer.
 */
export function usePageState(person: string | null): { state: PageState | null; refresh(): void } {
  const [state, setState] = useState<PageState | null>(null)
  const refresh = useCallback(() => {
    const query = person === null ? '' : `?person=${encodeURIComponent(person)}`
    fetch(`/state${query}`)
      .then(async (response) => setState((await response.json()) as PageState))
      // The demo was stopped: what is shown stays, and the stream tells when it is back.
      .catch(() =>
        setState(
          (known) =>
            known && { ...known, trouble: 'The demo does not answer. Is it still running?' },
        ),
      )
  }, [person])
  useEffect(refresh, [refresh])
  useChanges(refresh)
  return { state, refresh }
}

export function useDatabase(platform: PlatformName, isShown: boolean): DatabaseView | null {
  const [view, setView] = useState<DatabaseView | null>(null)
  const look = useCallback(() => {
    if (!isShown) return
    fetch(`/database?platform=${platform}`)
      .then(async (response) => setView((await response.json()) as DatabaseView))
      .catch(() => setView(null))
  }, [platform, isShown])
  useEffect(look, [look])
  useChanges(look)
  return view
}

/** The clock goes on without telling: a look now and then keeps its face right. */
const LOOK_EVERY_MS = 15_000

function useChanges(look: () => void): void {
  useEffect(() => {
    const stream = new EventSource('/events')
    stream.onmessage = look
    const clock = setInterval(look, LOOK_EVERY_MS)
    return () => {
      stream.close()
      clearInterval(clock)
    }
  }, [look])
}

export async function act(what: PageAct): Promise<PageAnswer> {
  try {
    const response = await fetch('/act', {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(what),
    })
    return (await response.json()) as PageAnswer
  } catch {
    return { problem: 'The demo does not answer. Is it still running?', errors: {} }
  }
}

const TIME = new Intl.DateTimeFormat('en-GB', {
  weekday: 'short',
  day: 'numeric',
  month: 'short',
  hour: '2-digit',
  minute: '2-digit',
  timeZone: 'Europe/Berlin',
})

/** An instant of the product clock, in the zone of the demo's groups. */
export const timeOf = (at: string): string => TIME.format(new Date(at))
