import type { ReactNode } from 'react'
import { createRoot } from 'react-dom/client'
import { SlackBlocks } from '../../src/simulator/page/client/slack-blocks.tsx'
import { type SlackInput, SlackInputField } from '../../src/simulator/page/client/slack-input.tsx'
import { TeamsCard } from '../../src/simulator/page/client/teams-card.tsx'

type Json = Record<string, unknown>
export type Screen = {
  name: string
  platform: 'slack' | 'teams'
  title: string | null
  payload: Json
  submit: string | null
}
declare const SCREENS: readonly Screen[]

/** One screen as its platform draws it. */
function Picture({ screen: { name, platform, title, payload, submit } }: { screen: Screen }) {
  return (
    <Frame isForm={submit !== null} id={`${platform}-${name}`} className={`platform-${platform}`}>
      {title && <h2>{title}</h2>}
      {platform === 'slack' ? (
        <Slack payload={payload} />
      ) : (
        <TeamsCard card={payload} directory={[]} onAction={() => {}} />
      )}
      {platform === 'slack' && submit && <button type="button">{submit}</button>}
    </Frame>
  )
}

const FRAME = {
  position: 'static',
  width: 520,
  maxHeight: 'none',
  padding: 16,
  margin: 8,
  background: '#fff',
} as const

/** The page draws forms in a dialog; so does this, to look the same. */
function Frame({
  isForm,
  id,
  className,
  children,
}: {
  isForm: boolean
  id: string
  className: string
  children: ReactNode
}) {
  return isForm ? (
    <dialog open id={id} className={`form ${className}`} style={FRAME}>
      {children}
    </dialog>
  ) : (
    <article id={id} className={`conversation ${className}`} style={FRAME}>
      {children}
    </article>
  )
}

function Slack({ payload }: { payload: Json }) {
  const blocks = (payload.blocks ?? []) as Json[]
  return blocks.map((block) =>
    block.type === 'input' ? (
      <SlackInputField
        key={String(block.block_id)}
        input={block as SlackInput}
        directory={[]}
        error={null}
      />
    ) : (
      <SlackBlocks key={String(block.block_id)} blocks={[block]} onPress={() => {}} />
    ),
  )
}

const root = document.getElementById('page')
if (root)
  createRoot(root).render(
    <main>
      {SCREENS.map((screen) => (
        <Picture key={`${screen.platform} ${screen.name}`} screen={screen} />
      ))}
    </main>,
  )
