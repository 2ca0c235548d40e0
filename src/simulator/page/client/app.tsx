import { useEffect, useState } from 'react'
import type { PageState } from '../protocol.ts'
import { usePageState } from './api.ts'
import { ClockBar } from './clock-bar.tsx'
import { Conversation } from './conversation.tsx'
import { FormDialog } from './form-dialog.tsx'
import { DatabasePanel, LockScreen } from './panels.tsx'
import { PeopleList } from './people-list.tsx'

/** The person who is played stays in the address, so that a reload or a link shows the same one. */
const fromAddress = (): string | null => new URLSearchParams(location.search).get('person')

export function App() {
  const [person, setPerson] = useState<string | null>(fromAddress)
  const { state, refresh } = usePageState(person)
  const read = useRead(state)
  if (!state) return <p className="loading">Loading the demo workspace …</p>
  const choose = (id: string) => {
    history.replaceState(null, '', `?person=${encodeURIComponent(id)}`)
    setPerson(id)
  }
  return (
    <>
      <a className="skip" href="#conversation">
        Skip to the conversation
      </a>
      <header className="top">
        <h1>
          <img src="/icon.png" alt="" width="28" height="28" /> Groupwell{' '}
          <small>local demo workspace</small>
        </h1>
        <ClockBar state={state} onDone={refresh} />
      </header>
      {state.trouble && (
        <p className="trouble" role="alert">
          {state.trouble}
        </p>
      )}
      <div className="columns">
        <nav className="people" aria-label="People">
          <PeopleList state={state} read={read} onChoose={choose} />
        </nav>
        <main id="conversation" tabIndex={-1} className={`platform-${state.person.platform}`}>
          <Conversation key={state.person.id} state={state} onDone={refresh} />
        </main>
        <aside aria-label="What others can see">
          <LockScreen state={state} />
          <DatabasePanel state={state} onDone={refresh} />
        </aside>
      </div>
      {state.form && (
        <FormDialog
          key={`${state.person.id} ${state.form.id}`}
          state={state}
          view={state.form}
          onDone={refresh}
        />
      )}
    </>
  )
}

/** How many messages of each person were there when they were last looked at. */
function useRead(state: PageState | null): Readonly<Record<string, number>> {
  const [read, setRead] = useState<Record<string, number>>({})
  const id = state?.person.id
  const messages = state?.person.messages
  useEffect(() => {
    if (id !== undefined && messages !== undefined)
      setRead((known) => ({ ...known, [id]: messages }))
  }, [id, messages])
  return read
}
