// The words of typed schedules, in English and Spanish together: people mix them. Without accents,
// in lower case, plural forms included.

const numbered = (words: string, from = 1): [string, number][] =>
  words.split(/\s+/).map((group, index) => [group, index + from])
/** Each of "a|b c|d" leads to its number: a and b to the first. */
const table = (words: string, from = 1): ReadonlyMap<string, number> =>
  new Map(
    numbered(words.trim(), from).flatMap(([group, number]) =>
      group.split('|').map((word): [string, number] => [word, number]),
    ),
  )
const set = (words: string): ReadonlySet<string> => new Set(words.trim().split(/\s+/))

/** ISO weekdays. */
export const WEEKDAYS = table(`
  monday|mondays|mon|lunes|lun tuesday|tuesdays|tue|tues|martes
  wednesday|wednesdays|wed|weds|miercoles|mie thursday|thursdays|thu|thur|thurs|jueves|jue
  friday|fridays|fri|viernes|vie saturday|saturdays|sat|sabado|sabados|sab
  sunday|sundays|sun|domingo|domingos|dom`)

export const MONTHS = table(`
  january|jan|enero|ene february|feb|febrero march|mar|marzo april|apr|abril|abr may|mayo
  june|jun|junio july|jul|julio august|aug|agosto|ago september|sep|sept|septiembre|setiembre|set
  october|oct|octubre november|nov|noviembre december|dec|diciembre|dic`)

export const NUMBERS = table(`
  one|a|an|un|una|uno two|dos three|tres four|cuatro five|cinco six|seis seven|siete eight|ocho
  nine|nueve ten|diez eleven twelve|doce`)

/** 5 stands for the last. */
export const ORDINALS = table(`
  first|1st|primer|primero|1er|1o second|2nd|segundo|2o third|3rd|tercer|tercero|3er|3o
  fourth|4th|cuarto|4o last|ultimo`)

export const EVERY = set('every each cada todos todas alternate alternos alternas')
export const OTHER = set('other second alternate alternos alternas 2nd')
export const WEEK = set('week weeks semana semanas wk wks')
export const MONTH = set('month months mes meses')
export const TWO_WEEKS = set(
  'biweekly fortnight fortnights fortnightly quincena quincenas quincenal',
)
export const WEEKLY = set('weekly semanal semanalmente')
export const MONTHLY = set('monthly mensual mensualmente')
export const MINUTE = set('min mins minute minutes minuto minutos m')
export const HOUR = set('h hr hrs hour hours hora horas')
export const SESSION = set(
  'session sessions sesion sesiones times veces meeting meetings reunion reuniones encuentros',
)
export const UNTIL = set('until till til through hasta')
export const FROM = set(
  'from starting starts beginning begins since desde empezando comenzando partir',
)
export const EXCEPT = set('except excluding excepto salvo menos')
export const AT = set('at las @')
export const AFTERNOON = set('pm tarde noche afternoon evening night')
export const MORNING = set('am manana morning')
/** Words that lead to the next one: what was typed does not end in them. */
export const LINKS = set('a al at de del el en for in la las los of on por the to')
/** Words that say nothing of their own. */
export const FILLERS = set(`
  on at the of in for and a an is we meet meets meeting group from to with el la los las de del en
  por durante y a al dia day dias days date fecha hs hrs uhr oclock clock sharp local que nos
  reunimos en punto please por favor`)
