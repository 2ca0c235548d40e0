-- AlterTable
ALTER TABLE "CheckIn" ADD COLUMN     "asksText" BOOLEAN NOT NULL DEFAULT false,
ADD COLUMN     "leastAnswers" INTEGER;

-- AlterTable
ALTER TABLE "CheckInPlan" ADD COLUMN     "asksText" BOOLEAN NOT NULL DEFAULT false,
ADD COLUMN     "leastAnswers" INTEGER;

-- AlterTable
ALTER TABLE "Organisation" ADD COLUMN     "crisisLines" JSONB,
ADD COLUMN     "leastShared" INTEGER NOT NULL DEFAULT 6,
ADD COLUMN     "leastStaff" INTEGER NOT NULL DEFAULT 5;

-- AlterTable
ALTER TABLE "ReleaseUnit" ADD COLUMN     "asksText" BOOLEAN NOT NULL DEFAULT false;

-- CreateTable
CREATE TABLE "Win" (
    "organisationId" UUID NOT NULL,
    "id" UUID NOT NULL,
    "groupId" UUID NOT NULL,
    "sealed" BYTEA NOT NULL,
    "deleteOn" DATE NOT NULL,

    CONSTRAINT "Win_pkey" PRIMARY KEY ("organisationId","id")
);

-- CreateTable
CREATE TABLE "ReleaseText" (
    "organisationId" UUID NOT NULL,
    "id" UUID NOT NULL,
    "unitId" UUID NOT NULL,
    "text" BYTEA NOT NULL,

    CONSTRAINT "ReleaseText_pkey" PRIMARY KEY ("organisationId","id")
);

-- CreateIndex
CREATE INDEX "Win_organisationId_groupId_idx" ON "Win"("organisationId", "groupId");

-- CreateIndex
CREATE INDEX "ReleaseText_organisationId_unitId_idx" ON "ReleaseText"("organisationId", "unitId");

-- AddForeignKey
ALTER TABLE "Win" ADD CONSTRAINT "Win_organisationId_groupId_fkey" FOREIGN KEY ("organisationId", "groupId") REFERENCES "Group"("organisationId", "id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "ReleaseText" ADD CONSTRAINT "ReleaseText_organisationId_unitId_fkey" FOREIGN KEY ("organisationId", "unitId") REFERENCES "Release"("organisationId", "unitId") ON DELETE CASCADE ON UPDATE CASCADE;
