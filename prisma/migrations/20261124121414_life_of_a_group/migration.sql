-- CreateEnum
CREATE TYPE "MessageTarget" AS ENUM ('members', 'channel');

-- CreateEnum
CREATE TYPE "MessageState" AS ENUM ('draft', 'active', 'stopped', 'done');

-- AlterEnum
-- This migration adds more than one value to an enum.
-- With PostgreSQL versions 11 and earlier, this is not possible
-- in a single migration. This can be worked around by creating
-- multiple migrations, each migration adding only one value to
-- the enum.


ALTER TYPE "OccurrenceKind" ADD VALUE 'sessionEnded';
ALTER TYPE "OccurrenceKind" ADD VALUE 'message';
ALTER TYPE "OccurrenceKind" ADD VALUE 'groupDeletion';

-- AlterTable
ALTER TABLE "Account" ADD COLUMN     "directChannel" TEXT,
ADD COLUMN     "isGuest" BOOLEAN NOT NULL DEFAULT false,
ADD COLUMN     "unreachable" TEXT;

-- AlterTable
ALTER TABLE "Connection" ADD COLUMN     "laneOwner" UUID,
ADD COLUMN     "laneUntil" TIMESTAMPTZ(3),
ADD COLUMN     "trouble" TEXT;

-- AlterTable
ALTER TABLE "Delivery" ADD COLUMN     "connectionId" UUID,
ADD COLUMN     "endedAt" TIMESTAMPTZ(3),
ADD COLUMN     "messageId" UUID,
ADD COLUMN     "receiptId" UUID,
ALTER COLUMN "personId" DROP NOT NULL;

-- AlterTable
ALTER TABLE "Group" ADD COLUMN     "agreement" JSONB,
ADD COLUMN     "agreementVersion" INTEGER NOT NULL DEFAULT 1,
ADD COLUMN     "backupId" UUID,
ADD COLUMN     "channelAddress" JSONB,
ADD COLUMN     "channelConnectionId" UUID,
ADD COLUMN     "channelId" TEXT,
ADD COLUMN     "deleteAt" TIMESTAMPTZ(3),
ADD COLUMN     "endedBy" UUID,
ADD COLUMN     "goals" JSONB,
ADD COLUMN     "holidays" TEXT,
ADD COLUMN     "isOpen" BOOLEAN NOT NULL DEFAULT false,
ADD COLUMN     "language" TEXT,
ADD COLUMN     "reminderMinutes" INTEGER[] DEFAULT ARRAY[1440, 60]::INTEGER[];

-- AlterTable
ALTER TABLE "Occurrence" ADD COLUMN     "groupId" UUID,
ADD COLUMN     "messageId" UUID;

-- AlterTable
ALTER TABLE "Organisation" ADD COLUMN     "auditAnchor" BYTEA,
ADD COLUMN     "auditForgotten" INTEGER NOT NULL DEFAULT 0,
ADD COLUMN     "holidays" TEXT,
ADD COLUMN     "language" TEXT,
ADD COLUMN     "ledgerDays" INTEGER NOT NULL DEFAULT 30,
ADD COLUMN     "resultMonths" INTEGER NOT NULL DEFAULT 12;

-- AlterTable
ALTER TABLE "Person" ADD COLUMN     "pausedUntil" TIMESTAMPTZ(3),
ADD COLUMN     "quietFrom" TEXT,
ADD COLUMN     "quietUntil" TEXT,
ADD COLUMN     "wantsCheckIns" BOOLEAN NOT NULL DEFAULT true,
ADD COLUMN     "wantsReminders" BOOLEAN NOT NULL DEFAULT true;

-- AlterTable
ALTER TABLE "Schedule" ADD COLUMN     "exceptions" TEXT[],
ADD COLUMN     "isStopped" BOOLEAN NOT NULL DEFAULT false,
ADD COLUMN     "link" TEXT,
ADD COLUMN     "place" TEXT;

-- AlterTable
ALTER TABLE "Session" ADD COLUMN     "headcount" INTEGER,
ADD COLUMN     "link" TEXT,
ADD COLUMN     "movedTo" TEXT,
ADD COLUMN     "place" TEXT,
ADD COLUMN     "revision" INTEGER NOT NULL DEFAULT 0;

-- CreateTable
CREATE TABLE "Message" (
    "organisationId" UUID NOT NULL,
    "id" UUID NOT NULL,
    "groupId" UUID NOT NULL,
    "text" TEXT NOT NULL,
    "target" "MessageTarget" NOT NULL,
    "rule" TEXT,
    "localStart" TEXT NOT NULL,
    "timeZone" TEXT NOT NULL,
    "state" "MessageState" NOT NULL DEFAULT 'draft',

    CONSTRAINT "Message_pkey" PRIMARY KEY ("organisationId","id")
);

-- CreateTable
CREATE TABLE "DeletionReceipt" (
    "organisationId" UUID NOT NULL,
    "id" UUID NOT NULL,
    "personId" UUID NOT NULL,
    "at" TIMESTAMPTZ(3) NOT NULL,
    "counts" JSONB NOT NULL,

    CONSTRAINT "DeletionReceipt_pkey" PRIMARY KEY ("organisationId","id")
);

-- CreateIndex
CREATE INDEX "Message_organisationId_groupId_state_idx" ON "Message"("organisationId", "groupId", "state");

-- CreateIndex
CREATE INDEX "Delivery_organisationId_connectionId_state_plannedAt_idx" ON "Delivery"("organisationId", "connectionId", "state", "plannedAt");

-- CreateIndex
CREATE INDEX "Delivery_endedAt_idx" ON "Delivery"("endedAt");

-- CreateIndex
CREATE INDEX "Occurrence_organisationId_sessionId_idx" ON "Occurrence"("organisationId", "sessionId");

-- AddForeignKey
ALTER TABLE "Occurrence" ADD CONSTRAINT "Occurrence_organisationId_messageId_fkey" FOREIGN KEY ("organisationId", "messageId") REFERENCES "Message"("organisationId", "id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "Occurrence" ADD CONSTRAINT "Occurrence_organisationId_groupId_fkey" FOREIGN KEY ("organisationId", "groupId") REFERENCES "Group"("organisationId", "id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "Message" ADD CONSTRAINT "Message_organisationId_groupId_fkey" FOREIGN KEY ("organisationId", "groupId") REFERENCES "Group"("organisationId", "id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "DeletionReceipt" ADD CONSTRAINT "DeletionReceipt_organisationId_fkey" FOREIGN KEY ("organisationId") REFERENCES "Organisation"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "DeletionReceipt" ADD CONSTRAINT "DeletionReceipt_organisationId_personId_fkey" FOREIGN KEY ("organisationId", "personId") REFERENCES "Person"("organisationId", "id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "Delivery" ADD CONSTRAINT "Delivery_organisationId_connectionId_fkey" FOREIGN KEY ("organisationId", "connectionId") REFERENCES "Connection"("organisationId", "id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "Delivery" ADD CONSTRAINT "Delivery_organisationId_messageId_fkey" FOREIGN KEY ("organisationId", "messageId") REFERENCES "Message"("organisationId", "id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "Delivery" ADD CONSTRAINT "Delivery_organisationId_receiptId_fkey" FOREIGN KEY ("organisationId", "receiptId") REFERENCES "DeletionReceipt"("organisationId", "id") ON DELETE CASCADE ON UPDATE CASCADE;
