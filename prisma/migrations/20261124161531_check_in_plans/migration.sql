-- CreateEnum
CREATE TYPE "CheckInTiming" AS ENUM ('before', 'after');

-- DropIndex
DROP INDEX "CheckIn_organisationId_sessionId_key";

-- AlterTable
ALTER TABLE "CheckIn" ADD COLUMN     "audience" "Audience" NOT NULL DEFAULT 'shared',
ADD COLUMN     "planId" UUID,
ADD COLUMN     "unitSize" INTEGER NOT NULL DEFAULT 1,
ALTER COLUMN "sessionId" DROP NOT NULL;

-- CreateTable
CREATE TABLE "CheckInPlan" (
    "organisationId" UUID NOT NULL,
    "id" UUID NOT NULL,
    "groupId" UUID NOT NULL,
    "questionSetId" TEXT NOT NULL,
    "timing" "CheckInTiming" NOT NULL,
    "openHours" INTEGER NOT NULL,
    "everyNth" INTEGER NOT NULL,
    "audience" "Audience" NOT NULL,
    "stages" TEXT[],
    "createdAt" TIMESTAMPTZ(3) NOT NULL,
    "isStopped" BOOLEAN NOT NULL DEFAULT false,

    CONSTRAINT "CheckInPlan_pkey" PRIMARY KEY ("organisationId","id")
);

-- CreateIndex
CREATE INDEX "CheckInPlan_organisationId_groupId_idx" ON "CheckInPlan"("organisationId", "groupId");

-- CreateIndex
CREATE INDEX "CheckIn_organisationId_sessionId_idx" ON "CheckIn"("organisationId", "sessionId");

-- CreateIndex
CREATE UNIQUE INDEX "CheckIn_organisationId_planId_sessionId_key" ON "CheckIn"("organisationId", "planId", "sessionId");

-- AddForeignKey
ALTER TABLE "CheckInPlan" ADD CONSTRAINT "CheckInPlan_organisationId_groupId_fkey" FOREIGN KEY ("organisationId", "groupId") REFERENCES "Group"("organisationId", "id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "CheckIn" ADD CONSTRAINT "CheckIn_organisationId_planId_fkey" FOREIGN KEY ("organisationId", "planId") REFERENCES "CheckInPlan"("organisationId", "id") ON DELETE CASCADE ON UPDATE CASCADE;

-- What groups were asked until now was their kind's only plan: the pulse after sessions, for two days.
INSERT INTO "CheckInPlan" ("organisationId", "id", "groupId", "questionSetId", "timing", "openHours", "everyNth", "audience", "stages", "createdAt")
SELECT "organisationId", gen_random_uuid(), "id", 'pulse', 'after', 48, 1, 'shared', ARRAY['beginning', 'middle', 'ending'], "createdAt"
FROM "Group" WHERE "endedAt" IS NULL;

UPDATE "CheckIn" c SET "planId" = p."id" FROM "CheckInPlan" p
WHERE p."organisationId" = c."organisationId" AND p."groupId" = c."groupId";
