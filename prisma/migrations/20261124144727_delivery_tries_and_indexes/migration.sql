-- AlterTable
ALTER TABLE "Delivery" ADD COLUMN     "interruptions" INTEGER NOT NULL DEFAULT 0,
ADD COLUMN     "lostAnswers" INTEGER NOT NULL DEFAULT 0;

-- CreateIndex
CREATE INDEX "CheckIn_unitId_idx" ON "CheckIn"("unitId");

-- CreateIndex
CREATE INDEX "DeletionReceipt_personId_idx" ON "DeletionReceipt"("personId");

-- CreateIndex
CREATE INDEX "Delivery_groupId_idx" ON "Delivery"("groupId");

-- CreateIndex
CREATE INDEX "Delivery_sessionId_idx" ON "Delivery"("sessionId");

-- CreateIndex
CREATE INDEX "Delivery_checkInId_idx" ON "Delivery"("checkInId");

-- CreateIndex
CREATE INDEX "Delivery_messageId_idx" ON "Delivery"("messageId");

-- CreateIndex
CREATE INDEX "Delivery_digestId_idx" ON "Delivery"("digestId");

-- CreateIndex
CREATE INDEX "Delivery_receiptId_idx" ON "Delivery"("receiptId");

-- CreateIndex
CREATE INDEX "Occurrence_checkInId_idx" ON "Occurrence"("checkInId");

-- CreateIndex
CREATE INDEX "Occurrence_messageId_idx" ON "Occurrence"("messageId");

-- CreateIndex
CREATE INDEX "Occurrence_personId_idx" ON "Occurrence"("personId");

-- CreateIndex
CREATE INDEX "Occurrence_groupId_idx" ON "Occurrence"("groupId");

-- CreateIndex
CREATE INDEX "ReleaseUnit_groupId_idx" ON "ReleaseUnit"("groupId");

-- CreateIndex
CREATE INDEX "Schedule_organisationId_groupId_idx" ON "Schedule"("organisationId", "groupId");
