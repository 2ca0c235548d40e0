import { useId } from 'react'

type Text = { text: string }
type Option = { text: Text; value: string }
export type SlackInput = {
  block_id: string
  label: Text
  hint?: Text
  optional?: boolean
  element: {
    type: string
    options?: readonly Option[]
    initial_option?: Option
    initial_value?: string
    initial_users?: readonly string[]
    max_length?: number
    multiline?: boolean
  }
}

type Props = {
  input: SlackInput
  directory: readonly { id: string; name: string }[]
  error: string | null
}

/**
 * One input of a Slack form, as the browser's own control. The Block Kit library draws inputs too,
 * but they do not hold what is chosen, share one radio name between questions, and have no label
 * that a screen reader finds.
 */
export function SlackInputField({ input, directory, error }: Props) {
  const id = useId()
  const { element, label, hint, optional } = input
  const described =
    [hint && `${id}-hint`, error && `${id}-error`].filter(Boolean).join(' ') || undefined
  const isGroup = element.type === 'radio_buttons' || element.type === 'multi_users_select'
  const title = (
    <>
      {label.text} {optional && <span className="optional">(optional)</span>}
    </>
  )
  const notes = (
    <>
      {hint && (
        <p className="hint" id={`${id}-hint`}>
          {hint.text}
        </p>
      )}
      {error && (
        <p className="problem" id={`${id}-error`} role="alert">
          {error}
        </p>
      )}
    </>
  )
  if (isGroup)
    return (
      <fieldset aria-describedby={described}>
        <legend>{title}</legend>
        <Choices input={input} directory={directory} />
        {notes}
      </fieldset>
    )
  return (
    <div className="field">
      <label htmlFor={id}>{title}</label>
      <Single id={id} input={input} described={described} isWrong={error !== null} />
      {notes}
    </div>
  )
}

function Choices({ input, directory }: Pick<Props, 'input' | 'directory'>) {
  const { element, block_id: name } = input
  if (element.type === 'multi_users_select')
    return directory.map((person) => (
      <label key={person.id} className="choice">
        <input
          type="checkbox"
          name={name}
          value={person.id}
          defaultChecked={element.initial_users?.includes(person.id) ?? false}
        />
        {person.name}
      </label>
    ))
  return (element.options ?? []).map((option) => (
    <label key={option.value} className="choice">
      <input
        type="radio"
        name={name}
        value={option.value}
        required={!input.optional}
        defaultChecked={option.value === element.initial_option?.value}
      />
      {option.text.text}
    </label>
  ))
}

function Single({
  id,
  input,
  described,
  isWrong,
}: { id: string; described: string | undefined; isWrong: boolean } & Pick<Props, 'input'>) {
  const { element, block_id: name, optional } = input
  const common = {
    id,
    name,
    required: !optional,
    'aria-describedby': described,
    'aria-invalid': isWrong,
  }
  if (element.type === 'static_select')
    return (
      <select {...common} defaultValue={element.initial_option?.value ?? ''}>
        {!element.initial_option && <option value="">Choose one</option>}
        {(element.options ?? []).map((option) => (
          <option key={option.value} value={option.value}>
            {option.text.text}
          </option>
        ))}
      </select>
    )
  if (element.multiline)
    return (
      <textarea
        {...common}
        rows={6}
        defaultValue={element.initial_value ?? ''}
        maxLength={element.max_length}
      />
    )
  return (
    <input
      type="text"
      {...common}
      defaultValue={element.initial_value ?? ''}
      maxLength={element.max_length}
    />
  )
}
