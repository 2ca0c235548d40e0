-- AlterEnum
ALTER TYPE "OccurrenceKind" ADD VALUE 'contactDue';

-- AlterTable
ALTER TABLE "Delivery" ADD COLUMN     "contactId" UUID;

-- AlterTable
ALTER TABLE "Group" ADD COLUMN     "contactHours" INTEGER,
ADD COLUMN     "contactTimes" TEXT;

-- AlterTable
ALTER TABLE "Occurrence" ADD COLUMN     "contactId" UUID;

-- CreateTable
CREATE TABLE "ContactRequest" (
    "organisationId" UUID NOT NULL,
    "id" UUID NOT NULL,
    "groupId" UUID NOT NULL,
    "personId" UUID NOT NULL,
    "text" BYTEA NOT NULL,
    "createdAt" TIMESTAMPTZ(3) NOT NULL,
    "dueAt" TIMESTAMPTZ(3) NOT NULL,
    "seenAt" TIMESTAMPTZ(3),
    "seenBy" UUID,
    "escalatedAt" TIMESTAMPTZ(3),

    CONSTRAINT "ContactRequest_pkey" PRIMARY KEY ("organisationId","id")
);

-- CreateIndex
CREATE INDEX "ContactRequest_organisationId_groupId_idx" ON "ContactRequest"("organisationId", "groupId");

-- CreateIndex
CREATE INDEX "ContactRequest_organisationId_personId_idx" ON "ContactRequest"("organisationId", "personId");

-- CreateIndex
CREATE INDEX "Delivery_contactId_idx" ON "Delivery"("contactId");

-- CreateIndex
CREATE INDEX "Occurrence_contactId_idx" ON "Occurrence"("contactId");

-- AddForeignKey
ALTER TABLE "ContactRequest" ADD CONSTRAINT "ContactRequest_organisationId_groupId_fkey" FOREIGN KEY ("organisationId", "groupId") REFERENCES "Group"("organisationId", "id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "ContactRequest" ADD CONSTRAINT "ContactRequest_organisationId_personId_fkey" FOREIGN KEY ("organisationId", "personId") REFERENCES "Person"("organisationId", "id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "Occurrence" ADD CONSTRAINT "Occurrence_organisationId_contactId_fkey" FOREIGN KEY ("organisationId", "contactId") REFERENCES "ContactRequest"("organisationId", "id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "Delivery" ADD CONSTRAINT "Delivery_organisationId_contactId_fkey" FOREIGN KEY ("organisationId", "contactId") REFERENCES "ContactRequest"("organisationId", "id") ON DELETE CASCADE ON UPDATE CASCADE;
