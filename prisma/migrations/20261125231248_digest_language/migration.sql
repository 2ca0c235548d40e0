-- AlterTable
ALTER TABLE "DigestPlan" ADD COLUMN     "connectionId" UUID,
ADD COLUMN     "language" TEXT;
