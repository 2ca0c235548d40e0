-- CreateEnum
CREATE TYPE "PlatformName" AS ENUM ('slack', 'teams');

-- CreateEnum
CREATE TYPE "Role" AS ENUM ('member', 'facilitator', 'supervisor');

-- CreateEnum
CREATE TYPE "SessionState" AS ENUM ('planned', 'cancelled');

-- CreateEnum
CREATE TYPE "CheckInState" AS ENUM ('planned', 'open', 'closed', 'dropped');

-- CreateEnum
CREATE TYPE "UnitState" AS ENUM ('open', 'closing', 'released', 'withheld', 'lost');

-- CreateEnum
CREATE TYPE "Audience" AS ENUM ('shared', 'staff');

-- CreateEnum
CREATE TYPE "OccurrenceKind" AS ENUM ('reminder', 'checkInOpens', 'checkInNudge', 'checkInCloses', 'digest');

-- CreateEnum
CREATE TYPE "OccurrenceState" AS ENUM ('planned', 'done', 'dropped');

-- CreateEnum
CREATE TYPE "DeliveryState" AS ENUM ('planned', 'sending', 'sent', 'failed', 'dropped');

-- CreateTable
CREATE TABLE "Installation" (
    "id" INTEGER NOT NULL DEFAULT 1,
    "storeId" UUID NOT NULL,
    "secretPrints" JSONB NOT NULL,

    CONSTRAINT "Installation_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "Organisation" (
    "id" UUID NOT NULL,
    "name" TEXT NOT NULL,
    "country" TEXT NOT NULL,
    "createdAt" TIMESTAMPTZ(3) NOT NULL,
    "auditHead" BYTEA,
    "auditLength" INTEGER NOT NULL DEFAULT 0,

    CONSTRAINT "Organisation_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "Connection" (
    "organisationId" UUID NOT NULL,
    "id" UUID NOT NULL,
    "platform" "PlatformName" NOT NULL,
    "externalId" TEXT NOT NULL,
    "name" TEXT NOT NULL,
    "pausedUntil" TIMESTAMPTZ(3),

    CONSTRAINT "Connection_pkey" PRIMARY KEY ("organisationId","id")
);

-- CreateTable
CREATE TABLE "Person" (
    "organisationId" UUID NOT NULL,
    "id" UUID NOT NULL,
    "isStaff" BOOLEAN NOT NULL DEFAULT false,
    "isAdmin" BOOLEAN NOT NULL DEFAULT false,

    CONSTRAINT "Person_pkey" PRIMARY KEY ("organisationId","id")
);

-- CreateTable
CREATE TABLE "Account" (
    "organisationId" UUID NOT NULL,
    "id" UUID NOT NULL,
    "personId" UUID NOT NULL,
    "connectionId" UUID NOT NULL,
    "externalId" TEXT NOT NULL,
    "name" TEXT,
    "language" TEXT,
    "timeZone" TEXT,
    "isBot" BOOLEAN NOT NULL DEFAULT false,
    "isDeactivated" BOOLEAN NOT NULL DEFAULT false,
    "conversation" JSONB,

    CONSTRAINT "Account_pkey" PRIMARY KEY ("organisationId","id")
);

-- CreateTable
CREATE TABLE "Group" (
    "organisationId" UUID NOT NULL,
    "id" UUID NOT NULL,
    "kind" TEXT NOT NULL,
    "alias" TEXT NOT NULL,
    "timeZone" TEXT NOT NULL,
    "rosterChanges" INTEGER NOT NULL DEFAULT 0,
    "createdAt" TIMESTAMPTZ(3) NOT NULL,
    "endedAt" TIMESTAMPTZ(3),

    CONSTRAINT "Group_pkey" PRIMARY KEY ("organisationId","id")
);

-- CreateTable
CREATE TABLE "RosterEntry" (
    "organisationId" UUID NOT NULL,
    "groupId" UUID NOT NULL,
    "personId" UUID NOT NULL,
    "role" "Role" NOT NULL,
    "agreedAt" TIMESTAMPTZ(3),

    CONSTRAINT "RosterEntry_pkey" PRIMARY KEY ("organisationId","groupId","personId")
);

-- CreateTable
CREATE TABLE "Schedule" (
    "organisationId" UUID NOT NULL,
    "id" UUID NOT NULL,
    "groupId" UUID NOT NULL,
    "rule" TEXT NOT NULL,
    "localStart" TEXT NOT NULL,
    "timeZone" TEXT NOT NULL,
    "durationMinutes" INTEGER NOT NULL,

    CONSTRAINT "Schedule_pkey" PRIMARY KEY ("organisationId","id")
);

-- CreateTable
CREATE TABLE "Session" (
    "organisationId" UUID NOT NULL,
    "id" UUID NOT NULL,
    "groupId" UUID NOT NULL,
    "scheduleId" UUID NOT NULL,
    "originalLocalStart" TEXT NOT NULL,
    "startsAt" TIMESTAMPTZ(3) NOT NULL,
    "endsAt" TIMESTAMPTZ(3) NOT NULL,
    "state" "SessionState" NOT NULL DEFAULT 'planned',

    CONSTRAINT "Session_pkey" PRIMARY KEY ("organisationId","id")
);

-- CreateTable
CREATE TABLE "CheckIn" (
    "organisationId" UUID NOT NULL,
    "id" UUID NOT NULL,
    "groupId" UUID NOT NULL,
    "sessionId" UUID NOT NULL,
    "unitId" UUID,
    "questionSetId" TEXT NOT NULL,
    "opensAt" TIMESTAMPTZ(3) NOT NULL,
    "closesAt" TIMESTAMPTZ(3) NOT NULL,
    "state" "CheckInState" NOT NULL DEFAULT 'planned',
    "reason" TEXT,

    CONSTRAINT "CheckIn_pkey" PRIMARY KEY ("organisationId","id")
);

-- CreateTable
CREATE TABLE "ReleaseUnit" (
    "organisationId" UUID NOT NULL,
    "id" UUID NOT NULL,
    "groupId" UUID NOT NULL,
    "questionSetId" TEXT NOT NULL,
    "questionSetVersion" INTEGER NOT NULL,
    "k" INTEGER NOT NULL,
    "audience" "Audience" NOT NULL,
    "checkInCount" INTEGER NOT NULL,
    "publicKey" BYTEA NOT NULL,
    "rosterChanges" INTEGER NOT NULL,
    "state" "UnitState" NOT NULL DEFAULT 'open',
    "isCleaned" BOOLEAN NOT NULL DEFAULT false,

    CONSTRAINT "ReleaseUnit_pkey" PRIMARY KEY ("organisationId","id")
);

-- CreateTable
CREATE TABLE "Ballot" (
    "organisationId" UUID NOT NULL,
    "unitId" UUID NOT NULL,
    "checkInId" UUID NOT NULL,
    "memberId" UUID NOT NULL,
    "box" BYTEA NOT NULL,

    CONSTRAINT "Ballot_pkey" PRIMARY KEY ("organisationId","checkInId","memberId")
);

-- CreateTable
CREATE TABLE "Release" (
    "organisationId" UUID NOT NULL,
    "unitId" UUID NOT NULL,
    "invited" INTEGER NOT NULL,
    "answered" INTEGER NOT NULL,

    CONSTRAINT "Release_pkey" PRIMARY KEY ("organisationId","unitId")
);

-- CreateTable
CREATE TABLE "Tally" (
    "organisationId" UUID NOT NULL,
    "unitId" UUID NOT NULL,
    "subject" TEXT NOT NULL,
    "answers" INTEGER NOT NULL,
    "totalMilli" INTEGER NOT NULL,
    "low" INTEGER NOT NULL,
    "high" INTEGER NOT NULL,

    CONSTRAINT "Tally_pkey" PRIMARY KEY ("organisationId","unitId","subject")
);

-- CreateTable
CREATE TABLE "DigestPlan" (
    "organisationId" UUID NOT NULL,
    "personId" UUID NOT NULL,
    "weekday" INTEGER NOT NULL,
    "localTime" TEXT NOT NULL,
    "timeZone" TEXT NOT NULL,

    CONSTRAINT "DigestPlan_pkey" PRIMARY KEY ("organisationId","personId")
);

-- CreateTable
CREATE TABLE "Digest" (
    "organisationId" UUID NOT NULL,
    "id" UUID NOT NULL,
    "personId" UUID NOT NULL,
    "startsAt" TIMESTAMPTZ(3) NOT NULL,
    "endsAt" TIMESTAMPTZ(3) NOT NULL,
    "timeZone" TEXT NOT NULL,

    CONSTRAINT "Digest_pkey" PRIMARY KEY ("organisationId","id")
);

-- CreateTable
CREATE TABLE "Occurrence" (
    "organisationId" UUID NOT NULL,
    "id" UUID NOT NULL,
    "kind" "OccurrenceKind" NOT NULL,
    "dueAt" TIMESTAMPTZ(3) NOT NULL,
    "sessionId" UUID,
    "checkInId" UUID,
    "personId" UUID,
    "state" "OccurrenceState" NOT NULL DEFAULT 'planned',
    "reason" TEXT,
    "leasedUntil" TIMESTAMPTZ(3),
    "attempts" INTEGER NOT NULL DEFAULT 0,

    CONSTRAINT "Occurrence_pkey" PRIMARY KEY ("organisationId","id")
);

-- CreateTable
CREATE TABLE "Delivery" (
    "organisationId" UUID NOT NULL,
    "id" UUID NOT NULL,
    "kind" TEXT NOT NULL,
    "personId" UUID NOT NULL,
    "groupId" UUID,
    "sessionId" UUID,
    "checkInId" UUID,
    "digestId" UUID,
    "state" "DeliveryState" NOT NULL DEFAULT 'planned',
    "reason" TEXT,
    "attempts" INTEGER NOT NULL DEFAULT 0,
    "plannedAt" TIMESTAMPTZ(3) NOT NULL,
    "expiresAt" TIMESTAMPTZ(3),
    "notBefore" TIMESTAMPTZ(3),
    "leasedUntil" TIMESTAMPTZ(3),

    CONSTRAINT "Delivery_pkey" PRIMARY KEY ("organisationId","id")
);

-- CreateTable
CREATE TABLE "Receipt" (
    "organisationId" UUID NOT NULL,
    "digest" BYTEA NOT NULL,
    "at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "Receipt_pkey" PRIMARY KEY ("organisationId","digest")
);

-- CreateTable
CREATE TABLE "AuditEntry" (
    "organisationId" UUID NOT NULL,
    "number" INTEGER NOT NULL,
    "at" TIMESTAMPTZ(3) NOT NULL,
    "actorId" UUID NOT NULL,
    "action" TEXT NOT NULL,
    "subjectId" TEXT NOT NULL,
    "hash" BYTEA NOT NULL,

    CONSTRAINT "AuditEntry_pkey" PRIMARY KEY ("organisationId","number")
);

-- CreateIndex
CREATE UNIQUE INDEX "Connection_platform_externalId_key" ON "Connection"("platform", "externalId");

-- CreateIndex
CREATE INDEX "Account_organisationId_personId_idx" ON "Account"("organisationId", "personId");

-- CreateIndex
CREATE UNIQUE INDEX "Account_connectionId_externalId_key" ON "Account"("connectionId", "externalId");

-- CreateIndex
CREATE INDEX "RosterEntry_organisationId_personId_idx" ON "RosterEntry"("organisationId", "personId");

-- CreateIndex
CREATE INDEX "Session_organisationId_groupId_startsAt_idx" ON "Session"("organisationId", "groupId", "startsAt");

-- CreateIndex
CREATE UNIQUE INDEX "Session_organisationId_scheduleId_originalLocalStart_key" ON "Session"("organisationId", "scheduleId", "originalLocalStart");

-- CreateIndex
CREATE INDEX "CheckIn_organisationId_groupId_closesAt_idx" ON "CheckIn"("organisationId", "groupId", "closesAt");

-- CreateIndex
CREATE UNIQUE INDEX "CheckIn_organisationId_sessionId_key" ON "CheckIn"("organisationId", "sessionId");

-- CreateIndex
CREATE INDEX "ReleaseUnit_state_isCleaned_idx" ON "ReleaseUnit"("state", "isCleaned");

-- CreateIndex
CREATE INDEX "Ballot_organisationId_unitId_idx" ON "Ballot"("organisationId", "unitId");

-- CreateIndex
CREATE UNIQUE INDEX "Digest_organisationId_personId_endsAt_key" ON "Digest"("organisationId", "personId", "endsAt");

-- CreateIndex
CREATE INDEX "Occurrence_state_dueAt_idx" ON "Occurrence"("state", "dueAt");

-- CreateIndex
CREATE INDEX "Delivery_state_plannedAt_idx" ON "Delivery"("state", "plannedAt");

-- CreateIndex
CREATE INDEX "Delivery_organisationId_personId_idx" ON "Delivery"("organisationId", "personId");

-- CreateIndex
CREATE INDEX "Receipt_at_idx" ON "Receipt"("at");

-- AddForeignKey
ALTER TABLE "Connection" ADD CONSTRAINT "Connection_organisationId_fkey" FOREIGN KEY ("organisationId") REFERENCES "Organisation"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "Person" ADD CONSTRAINT "Person_organisationId_fkey" FOREIGN KEY ("organisationId") REFERENCES "Organisation"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "Account" ADD CONSTRAINT "Account_organisationId_connectionId_fkey" FOREIGN KEY ("organisationId", "connectionId") REFERENCES "Connection"("organisationId", "id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "Account" ADD CONSTRAINT "Account_organisationId_personId_fkey" FOREIGN KEY ("organisationId", "personId") REFERENCES "Person"("organisationId", "id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "Group" ADD CONSTRAINT "Group_organisationId_fkey" FOREIGN KEY ("organisationId") REFERENCES "Organisation"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "RosterEntry" ADD CONSTRAINT "RosterEntry_organisationId_groupId_fkey" FOREIGN KEY ("organisationId", "groupId") REFERENCES "Group"("organisationId", "id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "RosterEntry" ADD CONSTRAINT "RosterEntry_organisationId_personId_fkey" FOREIGN KEY ("organisationId", "personId") REFERENCES "Person"("organisationId", "id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "Schedule" ADD CONSTRAINT "Schedule_organisationId_groupId_fkey" FOREIGN KEY ("organisationId", "groupId") REFERENCES "Group"("organisationId", "id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "Session" ADD CONSTRAINT "Session_organisationId_groupId_fkey" FOREIGN KEY ("organisationId", "groupId") REFERENCES "Group"("organisationId", "id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "Session" ADD CONSTRAINT "Session_organisationId_scheduleId_fkey" FOREIGN KEY ("organisationId", "scheduleId") REFERENCES "Schedule"("organisationId", "id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "CheckIn" ADD CONSTRAINT "CheckIn_organisationId_groupId_fkey" FOREIGN KEY ("organisationId", "groupId") REFERENCES "Group"("organisationId", "id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "CheckIn" ADD CONSTRAINT "CheckIn_organisationId_sessionId_fkey" FOREIGN KEY ("organisationId", "sessionId") REFERENCES "Session"("organisationId", "id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "CheckIn" ADD CONSTRAINT "CheckIn_organisationId_unitId_fkey" FOREIGN KEY ("organisationId", "unitId") REFERENCES "ReleaseUnit"("organisationId", "id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "ReleaseUnit" ADD CONSTRAINT "ReleaseUnit_organisationId_groupId_fkey" FOREIGN KEY ("organisationId", "groupId") REFERENCES "Group"("organisationId", "id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "Ballot" ADD CONSTRAINT "Ballot_organisationId_unitId_fkey" FOREIGN KEY ("organisationId", "unitId") REFERENCES "ReleaseUnit"("organisationId", "id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "Ballot" ADD CONSTRAINT "Ballot_organisationId_checkInId_fkey" FOREIGN KEY ("organisationId", "checkInId") REFERENCES "CheckIn"("organisationId", "id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "Release" ADD CONSTRAINT "Release_organisationId_unitId_fkey" FOREIGN KEY ("organisationId", "unitId") REFERENCES "ReleaseUnit"("organisationId", "id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "Tally" ADD CONSTRAINT "Tally_organisationId_unitId_fkey" FOREIGN KEY ("organisationId", "unitId") REFERENCES "Release"("organisationId", "unitId") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "DigestPlan" ADD CONSTRAINT "DigestPlan_organisationId_personId_fkey" FOREIGN KEY ("organisationId", "personId") REFERENCES "Person"("organisationId", "id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "Digest" ADD CONSTRAINT "Digest_organisationId_personId_fkey" FOREIGN KEY ("organisationId", "personId") REFERENCES "Person"("organisationId", "id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "Occurrence" ADD CONSTRAINT "Occurrence_organisationId_sessionId_fkey" FOREIGN KEY ("organisationId", "sessionId") REFERENCES "Session"("organisationId", "id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "Occurrence" ADD CONSTRAINT "Occurrence_organisationId_checkInId_fkey" FOREIGN KEY ("organisationId", "checkInId") REFERENCES "CheckIn"("organisationId", "id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "Occurrence" ADD CONSTRAINT "Occurrence_organisationId_personId_fkey" FOREIGN KEY ("organisationId", "personId") REFERENCES "Person"("organisationId", "id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "Delivery" ADD CONSTRAINT "Delivery_organisationId_personId_fkey" FOREIGN KEY ("organisationId", "personId") REFERENCES "Person"("organisationId", "id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "Delivery" ADD CONSTRAINT "Delivery_organisationId_groupId_fkey" FOREIGN KEY ("organisationId", "groupId") REFERENCES "Group"("organisationId", "id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "Delivery" ADD CONSTRAINT "Delivery_organisationId_sessionId_fkey" FOREIGN KEY ("organisationId", "sessionId") REFERENCES "Session"("organisationId", "id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "Delivery" ADD CONSTRAINT "Delivery_organisationId_checkInId_fkey" FOREIGN KEY ("organisationId", "checkInId") REFERENCES "CheckIn"("organisationId", "id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "Delivery" ADD CONSTRAINT "Delivery_organisationId_digestId_fkey" FOREIGN KEY ("organisationId", "digestId") REFERENCES "Digest"("organisationId", "id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "AuditEntry" ADD CONSTRAINT "AuditEntry_organisationId_fkey" FOREIGN KEY ("organisationId") REFERENCES "Organisation"("id") ON DELETE CASCADE ON UPDATE CASCADE;
