import { type FormEvent, useEffect, useId, useRef, useState } from 'react'
import type { PageState, PageView } from '../protocol.ts'
import { act } from './api.ts'
import { SlackBlocks } from './slack-blocks.tsx'
import { type SlackInput, SlackInputField } from './slack-input.tsx'
import { TeamsCard } from './teams-card.tsx'

type Props = { state: PageState; view: PageView; onDone(): void }
type Json = Record<string, unknown>

/** The modal or dialog in front of the person. It keeps the focus inside, and Escape closes it. */
export function FormDialog({ state, view, onDone }: Props) {
  const titleId = useId()
  const dialog = useRef<HTMLDialogElement>(null)
  useEffect(() => {
    const shown = dialog.current
    shown?.showModal()
    shown?.querySelector<HTMLElement>('input, select, textarea')?.focus()
    return () => shown?.close()
  }, [])
  const close = async () => {
    await act({ do: 'close', person: state.person.id })
    onDone()
  }
  const Body = state.person.platform === 'slack' ? SlackForm : TeamsForm
  return (
    <dialog
      ref={dialog}
      aria-labelledby={titleId}
      className={`form platform-${state.person.platform}`}
      onCancel={(event) => {
        event.preventDefault()
        void close()
      }}
    >
      <header>
        <h2 id={titleId}>{view.title}</h2>
        <button type="button" onClick={close} aria-label="Close">
          ×
        </button>
      </header>
      <Body state={state} view={view} onDone={onDone} onClose={close} />
    </dialog>
  )
}

type BodyProps = Props & { onClose(): void }

function SlackForm({ state, view, onDone, onClose }: BodyProps) {
  const [errors, setErrors] = useState<Record<string, string>>({})
  const [problem, setProblem] = useState<string | null>(null)
  const blocks = (view.payload.blocks ?? []) as Json[]
  const label = (name: 'submit' | 'close') =>
    (view.payload[name] as { text: string } | undefined)?.text
  const send = async (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault()
    const answer = await act({
      do: 'submit',
      person: state.person.id,
      values: valuesOf(event.currentTarget, blocks),
    })
    setErrors(answer.errors)
    setProblem(answer.problem)
    onDone()
  }
  return (
    <form onSubmit={send}>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: keys must reach a region that scrolls */}
      <section className="scroll" aria-label="Form" tabIndex={0}>
        {blocks.map((block) =>
          block.type === 'input' ? (
            <SlackInputField
              key={String(block.block_id)}
              input={block as SlackInput}
              directory={state.directory}
              error={errors[String(block.block_id)] ?? null}
            />
          ) : (
            <SlackBlocks
              key={String(block.block_id)}
              blocks={[block]}
              onPress={async (pressed, action) => {
                const { id } = view
                await act({
                  do: 'pressSlack',
                  person: state.person.id,
                  messageId: null,
                  viewId: id,
                  block: pressed,
                  action,
                })
                onDone()
              }}
            />
          ),
        )}
        {problem && (
          <p className="problem" role="alert">
            {problem}
          </p>
        )}
      </section>
      <footer>
        <button type="button" onClick={onClose}>
          {label('close') ?? 'Close'}
        </button>
        {label('submit') && (
          <button type="submit" className="primary">
            {label('submit')}
          </button>
        )}
      </footer>
    </form>
  )
}

/** The inputs' values, by the name that the simulator knows them by. */
function valuesOf(
  form: HTMLFormElement,
  blocks: readonly Json[],
): Record<string, string | string[]> {
  const data = new FormData(form)
  return Object.fromEntries(
    blocks
      .filter((block) => block.type === 'input')
      .map((block) => {
        const id = String(block.block_id)
        const isMany = (block.element as Json).type === 'multi_users_select'
        const name = id.replace(/^field:|#\d+$/g, '')
        return [name, isMany ? data.getAll(id).map(String) : String(data.get(id) ?? '')]
      }),
  )
}

function TeamsForm({ state, view, onDone }: BodyProps) {
  const [problem, setProblem] = useState<string | null>(null)
  const isForm = Array.isArray(view.payload.actions)
  const press = async (action: Json) => {
    const answer = await act({ do: 'pressTeams', person: state.person.id, action, messageId: null })
    setProblem(answer.problem)
    onDone()
  }
  const submit = async ({ data }: Json) => {
    const fields = Object.entries((data ?? {}) as Record<string, string>).flatMap(
      ([key, value]) => {
        const name = /^(?:field|people):(.+)$/.exec(key)?.[1]
        return name === undefined ? [] : [[name, value ?? ''] as const]
      },
    )
    const answer = await act({
      do: 'submit',
      person: state.person.id,
      values: Object.fromEntries(fields),
    })
    setProblem(answer.problem)
    onDone()
  }
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: keys must reach a region that scrolls
    <section className="scroll" aria-label="Form" tabIndex={0}>
      <TeamsCard
        card={view.payload}
        directory={state.directory}
        onAction={isForm ? submit : press}
      />
      {problem && (
        <p className="problem" role="alert">
          {problem}
        </p>
      )}
    </section>
  )
}
