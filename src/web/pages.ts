import { linesFor } from '../commands/help-lines-for.ts'
import type { Services } from '../commands/services.ts'
import { LANGUAGES, type Texts } from '../content/load.ts'
import { exampleWith } from '../domain/verbs.ts'
import { isRead, sendJson } from '../http.ts'
import type { HttpHandler } from '../platform.ts'
import { listOrganisations, type OrganisationRow } from '../store/organisation.ts'
import type { Card } from '../views/card.ts'
import { aboutPage, PAGES, type Page, pageHtml, termsPage } from '../views/pages.ts'
import { privacyCard } from '../views/privacy.ts'

/** The three pages that a listing of the app leads to, in the reader's language, for anybody. */
export const pageFiles = (
  services: Pick<Services, 'database' | 'content'>,
): [string, HttpHandler][] => PAGES.map((page) => [`/${page}`, pageFile(services, page)])

function pageFile(
  { database, content }: Pick<Services, 'database' | 'content'>,
  page: Page,
): HttpHandler {
  return async (request, response) => {
    if (!isRead(request)) return sendJson(response, 405, null)
    const organisation = (await listOrganisations(database.db))[0]
    if (!organisation) return sendJson(response, 404, null)
    const texts = content.textsFor(wanted(request.headers['accept-language'] ?? ''))
    const card = cardOf(page, texts, organisation, content)
    response.writeHead(200, {
      'content-type': 'text/html; charset=utf-8',
      'cache-control': 'no-store',
      vary: 'accept-language',
      'content-security-policy': "default-src 'none'; style-src 'unsafe-inline'",
      'x-content-type-options': 'nosniff',
      'referrer-policy': 'no-referrer',
    })
    response.end(pageHtml(texts, card))
  }
}

function cardOf(
  page: Page,
  texts: Texts,
  organisation: OrganisationRow,
  content: Services['content'],
): Card {
  const { name, responsible, complaints, resultMonths, ledgerDays } = organisation
  if (page === 'about') return aboutPage(texts, name)
  if (page === 'terms') return termsPage(texts, { name, responsible })
  const actor = { timeZone: null, linesCountry: null }
  return privacyCard(texts, {
    platform: texts.t('page.platform'),
    lines: linesFor({ texts, content, organisation, actor }),
    controller: { name, responsible, complaints },
    resultMonths,
    ledgerDays,
    thresholds: organisation,
    example: exampleWith(''),
  })
}

/** The first language of a browser's list that there are texts in; null: none of them. */
const wanted = (header: string): string | null =>
  header
    .split(',')
    .map((part) => part.split(';')[0]?.trim().toLowerCase() ?? '')
    .find((tag) => LANGUAGES.some(({ id }) => tag === id || tag.startsWith(`${id}-`))) ?? null
