import type { Texts } from '../content/load.ts'
import { escapeHtml } from '../domain/text.ts'
import { type Block, type Card, heading, list, text } from './card.ts'

/** The web pages that an app's listing leads to. They name no person and no group. */
export const PAGES = ['about', 'privacy', 'terms'] as const
export type Page = (typeof PAGES)[number]

/** Tells what the app is, for somebody who only sees its listing. */
export const aboutPage = ({ t }: Texts, name: string): Card => ({
  kind: 'about',
  title: t('page.about'),
  notification: t('page.about'),
  blocks: [
    text(t('help.intro')),
    list([t('page.about.enough'), t('page.about.nobody'), t('page.about.runBy', { name })]),
    text(t('page.about.notEmergency')),
  ],
})

export const termsPage = (
  { t }: Texts,
  { name, responsible }: { name: string; responsible: string | null },
): Card => ({
  kind: 'terms',
  title: t('page.terms'),
  notification: t('page.terms'),
  blocks: [
    list([
      t('page.terms.who', { name }),
      t('page.terms.free'),
      t('page.terms.group'),
      t('page.about.notEmergency'),
      t('page.terms.licence'),
    ]),
    heading(t('page.terms.ask')),
    text(responsible ?? t('privacy.askStaff')),
  ],
})

/** A card as a page of its own. It runs no script, and leads to the others in its language. */
export function pageHtml({ t, language }: Texts, card: Card): string {
  const title = escapeHtml(card.title)
  const links = PAGES.map((page) => `<a href="/${page}">${escapeHtml(t(`page.${page}`))}</a>`)
  return `<!doctype html>
<html lang="${escapeHtml(language)}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>Groupwell: ${title}</title>
<style>${STYLE}</style>
</head>
<body>
<nav aria-label="Groupwell">${links.join(' · ')}</nav>
<main>
<h1>${title}</h1>
${card.blocks.map(htmlOf).join('\n')}
</main>
</body>
</html>
`
}

function htmlOf(block: Block): string {
  switch (block.type) {
    case 'heading':
      return `<h2>${escapeHtml(block.text)}</h2>`
    case 'text':
    case 'note':
      return `<p>${escapeHtml(block.text)}</p>`
    case 'list':
      return `<ul>${block.items.map((item) => `<li>${escapeHtml(item)}</li>`).join('')}</ul>`
    default:
      return ''
  }
}

const STYLE = `
body{font:1rem/1.6 sans-serif;max-width:40rem;margin:2rem auto;padding:0 1rem;color:#111}
a{color:#1f4d4a}h1{line-height:1.2}`
