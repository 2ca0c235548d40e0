import { useEffect, useRef, useState } from 'react'
import type { PageMessage, PagePlace, PageState } from '../protocol.ts'
import { act, timeOf } from './api.ts'
import { Composer } from './composer.tsx'
import { SlackBlocks } from './slack-blocks.tsx'
import { TeamsCard } from './teams-card.tsx'

type Props = { state: PageState; onDone(): void }

/** The chosen person's chat: their chat with the app, the home tab, and channels. */
export function Conversation({ state, onDone }: Props) {
  const [placeId, setPlaceId] = useState(state.places[0]?.id ?? '')
  const [problem, setProblem] = useState<string | null>(null)
  const place = state.places.find(({ id }) => id === placeId) ?? state.places[0]
  if (!place) return null
  const open = (next: PagePlace) => {
    setPlaceId(next.id)
    setProblem(null)
    if (next.kind === 'home') act({ do: 'home', person: state.person.id }).then(onDone)
  }
  const finish = (answer: { problem: string | null }) => {
    setProblem(answer.problem)
    onDone()
  }
  return (
    <>
      <h2 className="where">
        {state.person.name}{' '}
        <small>in {state.person.platform === 'slack' ? 'Slack' : 'Microsoft Teams'}</small>
      </h2>
      <nav className="places" aria-label="Conversations">
        {state.places.map((one) => (
          <button
            key={one.id}
            type="button"
            aria-current={one.id === place.id}
            onClick={() => open(one)}
          >
            {one.title}
          </button>
        ))}
      </nav>
      {place.kind === 'home' ? (
        <HomeTab state={state} onDone={finish} />
      ) : (
        <>
          <MessageList state={state} place={place} onDone={finish} />
          {problem && (
            <p className="problem" role="alert">
              {problem}
            </p>
          )}
          {state.person.platform === 'slack' && place.kind === 'direct' ? (
            <ReadOnly state={state} onOpen={open} />
          ) : (
            <Composer key={place.id} state={state} place={place} onDone={finish} />
          )}
        </>
      )}
    </>
  )
}

type Finish = (answer: { problem: string | null }) => void

/** The app's chat in Slack, whose messages tab is read-only: nothing can be typed there. */
function ReadOnly({ state, onOpen }: { state: PageState; onOpen(place: PagePlace): void }) {
  const notes = state.places.find(({ kind }) => kind === 'notes')
  return (
    <p className="read-only">
      Nothing can be typed to the app itself.{' '}
      {notes && (
        <button type="button" onClick={() => onOpen(notes)}>
          Type a command in your own notes
        </button>
      )}
    </p>
  )
}

function HomeTab({ state, onDone }: { state: PageState; onDone: Finish }) {
  const { home, person } = state
  if (!home) return <p className="empty">The home tab is empty until Groupwell has drawn it.</p>
  return (
    <section className="home" aria-label="Home tab">
      <SlackBlocks
        blocks={home.payload.blocks}
        onPress={async (block, action) =>
          onDone(
            await act({
              do: 'pressSlack',
              person: person.id,
              messageId: null,
              viewId: home.id,
              block,
              action,
            }),
          )
        }
      />
    </section>
  )
}

function MessageList({
  state,
  place,
  onDone,
}: {
  state: PageState
  place: PagePlace
  onDone: Finish
}) {
  const end = useRef<HTMLDivElement>(null)
  const messages = state.messages.filter((message) => message.place === place.id)
  const last = messages.at(-1)?.id
  useEffect(() => {
    end.current?.scrollTo({ top: end.current.scrollHeight })
  }, [last, place.id])
  return (
    <div
      className="messages"
      role="log"
      aria-label={`Messages in ${place.title}`}
      // biome-ignore lint/a11y/noNoninteractiveTabindex: keys must reach a region that scrolls
      tabIndex={0}
      ref={end}
    >
      {messages.length === 0 && <p className="empty">No message here yet. Type a command below.</p>}
      {messages.map((message) => (
        <MessageRow key={message.id} state={state} message={message} onDone={onDone} />
      ))}
    </div>
  )
}

function MessageRow({
  state,
  message,
  onDone,
}: {
  state: PageState
  message: PageMessage
  onDone: Finish
}) {
  const { person } = state
  return (
    <article
      className={message.isPrivate ? 'message private' : 'message'}
      aria-label={`${message.authorName}, ${timeOf(message.at)}`}
    >
      <p className="byline">
        <strong>{message.authorName}</strong>
        {message.author === 'bot' && <span className="app">App</span>}
        <time dateTime={message.at}>{timeOf(message.at)}</time>
        {message.isPrivate && <em>Only visible to you</em>}
      </p>
      {person.platform === 'slack' ? (
        <SlackBlocks
          blocks={message.payload.blocks}
          text={String(message.payload.text ?? '')}
          onPress={async (block, action) =>
            onDone(
              await act({
                do: 'pressSlack',
                person: person.id,
                messageId: message.id,
                viewId: null,
                block,
                action,
              }),
            )
          }
        />
      ) : (
        <TeamsMessage state={state} message={message} onDone={onDone} />
      )}
    </article>
  )
}

function TeamsMessage({
  state,
  message,
  onDone,
}: {
  state: PageState
  message: PageMessage
  onDone: Finish
}) {
  const attachments = (message.payload.attachments ?? []) as { content: Record<string, unknown> }[]
  const card = attachments[0]?.content
  if (!card) return <p>{String(message.payload.text ?? '')}</p>
  return (
    <TeamsCard
      card={card}
      directory={state.directory}
      onAction={async (action) =>
        onDone(
          await act({ do: 'pressTeams', person: state.person.id, messageId: message.id, action }),
        )
      }
    />
  )
}
