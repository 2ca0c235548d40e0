import { z } from 'zod'
import type { Noise } from '../domain/change.ts'
import type { Reader, Tenant } from './engine/transaction.ts'

/** The very questions, and whom their results are for. */
type Asked = {
  questionSetId: string
  questionSetVersion: number
  audience: 'shared' | 'staff'
}
/** Of each scale what was learnt of its noise, and when. */
type Kept = { noise: Noise; learntOn: Date }

const scalesSchema = z.record(z.string(), z.object({ factor: z.number(), pairs: z.int() }))

/** The noise that the organisation learnt last; null: none yet. */
export async function getNoise(
  { tx, organisationId }: Tenant<Reader>,
  { questionSetId, questionSetVersion, audience }: Asked,
): Promise<Kept | null> {
  const key = { organisationId, questionSetId, questionSetVersion, audience }
  const row = await tx.prisma.learntNoise.findUnique({
    where: { organisationId_questionSetId_questionSetVersion_audience: key },
    select: { scales: true, learntOn: true },
  })
  if (!row) return null
  const scales = scalesSchema.parse(row.scales)
  return { noise: new Map(Object.entries(scales)), learntOn: row.learntOn }
}

/** Keeps it in place of what was learnt before. Of two that learn at once the later one stays. */
export async function saveNoise(
  { tx, organisationId }: Tenant,
  { questionSetId, questionSetVersion, audience }: Asked,
  { noise, learntOn }: Kept,
): Promise<void> {
  const scales = JSON.stringify(Object.fromEntries(noise))
  await tx.sql.run`
    insert into "LearntNoise" ("organisationId", "questionSetId", "questionSetVersion", "audience",
      "scales", "learntOn")
    values (${organisationId}::uuid, ${questionSetId}, ${questionSetVersion},
      ${audience}::"Audience", ${scales}::jsonb, ${learntOn}::timestamptz)
    on conflict ("organisationId", "questionSetId", "questionSetVersion", "audience")
    do update set "scales" = excluded."scales", "learntOn" = excluded."learntOn"`
}
