-- CreateIndex
CREATE INDEX "CheckIn_organisationId_groupId_questionSetId_opensAt_idx" ON "CheckIn"("organisationId", "groupId", "questionSetId", "opensAt");
