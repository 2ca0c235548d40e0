/** Words of people who do not know yet what can be typed, in each language. */
const GREETINGS: ReadonlySet<string> = new Set([
  'hi',
  'hello',
  'hey',
  'start',
  'menu',
  'good morning',
  'good evening',
  'hola',
  'buenas',
  'buenos días',
  'buenos dias',
  'buenas tardes',
  'buenas noches',
  'inicio',
  'empezar',
  'comenzar',
  'menú',
])

/** Whether a line is a greeting and nothing else. */
export const isGreeting = (line: string): boolean =>
  GREETINGS.has(
    line
      .toLowerCase()
      .replace(/[!.¡,\s]+$/u, '')
      .replace(/^[¡\s]+/u, ''),
  )
