import { type KeyboardEvent, useId, useState } from 'react'
import type { PagePlace, PageState } from '../protocol.ts'
import { act } from './api.ts'

type Props = {
  state: PageState
  place: PagePlace
  onDone(answer: { problem: string | null }): void
}

/** Where a line is typed, with the commands that complete it: an editable combobox. */
export function Composer({ state, place, onDone }: Props) {
  const listId = useId()
  const [line, setLine] = useState('')
  const [chosen, setChosen] = useState(-1)
  const [isOpen, setOpen] = useState(false)
  const prefix = prefixOf(state, place)
  const matches = state.commands
    .map((command) => ({ ...command, line: prefix + command.line }))
    .filter((command) => command.line.startsWith(line.toLowerCase()) && command.line !== line)
  const isShown = isOpen && line !== '' && matches.length > 0

  const type = (next: string) => {
    setLine(next)
    setChosen(-1)
    setOpen(true)
  }
  const send = async () => {
    if (line.trim() === '') return
    setLine('')
    setOpen(false)
    onDone(await act({ do: 'type', person: state.person.id, place: place.id, line }))
  }
  const onKeyDown = (event: KeyboardEvent<HTMLInputElement>) => {
    const pick = matches[chosen]
    if (event.key === 'Escape') return setOpen(false)
    if (event.key === 'ArrowDown' || event.key === 'ArrowUp') {
      event.preventDefault()
      const step = event.key === 'ArrowDown' ? 1 : -1
      setOpen(true)
      return setChosen((chosen + step + matches.length) % Math.max(1, matches.length))
    }
    if (isShown && pick && (event.key === 'Enter' || event.key === 'Tab')) {
      event.preventDefault()
      return type(pick.line)
    }
    if (event.key === 'Enter') {
      event.preventDefault()
      void send()
    }
  }
  return (
    <form
      className="composer"
      onSubmit={(event) => {
        event.preventDefault()
        void send()
      }}
    >
      <label htmlFor={`${listId}-line`}>Type a command</label>
      <div>
        <input
          id={`${listId}-line`}
          role="combobox"
          aria-expanded={isShown}
          aria-controls={listId}
          aria-autocomplete="list"
          aria-activedescendant={isShown && chosen >= 0 ? `${listId}-${chosen}` : undefined}
          autoComplete="off"
          spellCheck={false}
          placeholder={`${prefix}help`}
          value={line}
          onChange={(event) => type(event.currentTarget.value)}
          onKeyDown={onKeyDown}
          onBlur={() => setOpen(false)}
        />
        <button type="submit" className="primary">
          Send
        </button>
      </div>
      <div
        className="completions"
        id={listId}
        role="listbox"
        aria-label="Commands"
        hidden={!isShown}
      >
        {matches.map((command, index) => (
          // biome-ignore lint/a11y/useKeyWithClickEvents: keys are the combobox's; a pointer picks here
          <div
            key={command.line}
            id={`${listId}-${index}`}
            role="option"
            tabIndex={-1}
            aria-selected={index === chosen}
            onMouseDown={(event) => event.preventDefault()}
            onClick={() => type(command.line)}
          >
            <b>{command.line}</b> <span>{command.does}</span>
          </div>
        ))}
      </div>
    </form>
  )
}

/** How a command begins in this place. */
function prefixOf(state: PageState, place: PagePlace): string {
  if (state.person.platform === 'slack') return '/group '
  return place.kind === 'channel' ? '/group ' : ''
}
