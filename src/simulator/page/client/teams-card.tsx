import {
  AdaptiveCard,
  CardElement,
  ExecuteAction,
  GlobalRegistry,
  HostConfig,
  OpenUrlAction,
  type SerializationContext,
  SubmitAction,
} from 'adaptivecards'
import MarkdownIt from 'markdown-it'
import { useEffect, useRef } from 'react'
import { type Bars, drawBars, wordsOf } from './bars.ts'
import { useIsDark } from './theme.ts'

type Json = Record<string, unknown>

const markdown = new MarkdownIt({ html: false, linkify: false })
AdaptiveCard.onProcessMarkdown = (text, result) => {
  result.outputHtml = markdown.render(text)
  result.didProcess = true
}

type ChartElement = {
  title: string
  yAxisTitle: string
  xAxisTitle?: string
  data: { legend: string; values: { x: string; y: number }[] }[]
}

/** Microsoft's renderer knows no charts: Teams adds them to it, and so does the page. */
class GroupedBars extends CardElement {
  #bars: Bars = { title: '', axis: '', below: '', labels: [], series: [] }

  override getJsonTypeName(): string {
    return 'Chart.VerticalBar.Grouped'
  }

  protected override internalParse(source: ChartElement, context: SerializationContext): void {
    super.internalParse(source, context)
    this.#bars = {
      title: source.title,
      axis: source.yAxisTitle,
      below: source.xAxisTitle ?? '',
      labels: source.data[0]?.values.map(({ x }) => x) ?? [],
      series: source.data.map(({ legend, values }) => ({
        name: legend,
        values: values.map(({ y }) => y),
      })),
    }
  }

  protected override internalRender(): HTMLElement {
    const box = document.createElement('div')
    box.className = 'chart'
    box.setAttribute('role', 'img')
    box.setAttribute('aria-label', wordsOf(this.#bars))
    drawBars(box, this.#bars, matchMedia('(prefers-color-scheme: dark)').matches)
    return box
  }
}
GlobalRegistry.elements.register('Chart.VerticalBar.Grouped', GroupedBars)

/**
 * An Adaptive Card as Microsoft's own renderer draws it. `onAction` is given the action with what
 * the inputs hold.
 */
export function TeamsCard({
  card,
  directory,
  onAction,
}: {
  card: Json
  directory: readonly { id: string; name: string }[]
  onAction(action: Json): void
}) {
  const box = useRef<HTMLDivElement>(null)
  const latest = useRef(onAction)
  latest.current = onAction
  const isDark = useIsDark()
  const shown = JSON.stringify(withPeople(card, directory))
  useEffect(() => {
    const drawn = new AdaptiveCard()
    drawn.hostConfig = new HostConfig(hostConfig(isDark))
    drawn.parse(JSON.parse(shown))
    drawn.onExecuteAction = (action) => {
      if (action instanceof ExecuteAction)
        latest.current({ type: 'Action.Execute', verb: action.verb, data: action.data })
      else if (action instanceof OpenUrlAction) window.open(action.url, '_blank', 'noopener')
      else if (action instanceof SubmitAction)
        latest.current({ type: 'Action.Submit', data: action.data })
    }
    const element = drawn.render()
    if (element) box.current?.replaceChildren(mended(element))
  }, [shown, isDark])
  return <div className="card" ref={box} />
}

/** Teams fills a people picker from the tenant's directory. */
function withPeople(card: Json, directory: readonly { id: string; name: string }[]): Json {
  const choices = directory.map(({ id, name }) => ({ title: name, value: id }))
  const body = (card.body as Json[]).map((element) =>
    element['choices.data'] === undefined
      ? element
      : { ...element, 'choices.data': undefined, style: 'expanded', choices },
  )
  return { ...card, body }
}

/**
 * Additions for people who do not look at it, which the renderer leaves out: groups of choices get
 * their label as a name.
 */
function mended(element: HTMLElement): HTMLElement {
  element.removeAttribute('tabindex')
  for (const group of element.querySelectorAll(
    '.ac-choiceSetInput-expanded, .ac-choiceSetInput-multiSelect',
  )) {
    const label = group
      .closest('.ac-input-container')
      ?.parentElement?.querySelector('.ac-input-label, label')
    if (!group.getAttribute('aria-labelledby') && label?.id)
      group.setAttribute('aria-labelledby', label.id)
    if (!group.getAttribute('role'))
      group.setAttribute(
        'role',
        group.matches('.ac-choiceSetInput-multiSelect') ? 'group' : 'radiogroup',
      )
  }
  return element
}

/** Teams' look, light and dark. */
function hostConfig(isDark: boolean): Json {
  const text = isDark ? '#f0f0f0' : '#242424'
  const subtle = isDark ? '#c8c8c8' : '#555555'
  const accent = isDark ? '#a6a7fa' : '#4f52b2'
  const attention = isDark ? '#ff9f9f' : '#b3261e'
  const colour = (value: string) => ({ default: value, subtle: value })
  const foregroundColors = {
    default: { default: text, subtle },
    accent: colour(accent),
    attention: colour(attention),
    good: colour(text),
    warning: colour(text),
    dark: colour(text),
    light: colour(text),
  }
  const container = { backgroundColor: 'transparent', foregroundColors }
  return {
    fontFamily: 'inherit',
    containerStyles: { default: container, emphasis: container },
    spacing: { small: 4, default: 8, medium: 12, large: 20, extraLarge: 28, padding: 12 },
    actions: {
      maxActions: 6,
      spacing: 'default',
      buttonSpacing: 8,
      actionsOrientation: 'horizontal',
      actionAlignment: 'left',
    },
    inputs: {
      label: {
        inputSpacing: 'small',
        requiredInputs: { weight: 'bolder' },
        optionalInputs: { weight: 'bolder' },
      },
    },
    textBlock: { headingLevel: 3 },
  }
}
