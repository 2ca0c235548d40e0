export type Json = Record<string, unknown>

/** A complaint in Slack's own words: what, and the pointer to where. */
export type Complaint = string
export const complain = (what: string, pointer: string): Complaint =>
  `[ERROR] ${what} [json-pointer:${pointer}]`

export const list = (value: unknown): Json[] => (Array.isArray(value) ? (value as Json[]) : [])

export function checkCount(
  value: unknown,
  most: number,
  at: string,
  complaints: Complaint[],
): Json[] {
  const items = list(value)
  if (items.length === 0) complaints.push(complain('no fewer than 1 items allowed', at))
  if (items.length > most) complaints.push(complain(`no more than ${most} items allowed`, at))
  return items
}

export function checkLength(
  value: unknown,
  most: number,
  at: string,
  complaints: Complaint[],
): void {
  if (value === undefined) return
  if (typeof value !== 'string') complaints.push(complain('must provide a string', at))
  else if (value.length > most)
    complaints.push(complain(`must be less than ${most + 1} characters`, at))
}
