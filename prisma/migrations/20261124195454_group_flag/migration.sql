-- AlterTable
ALTER TABLE "Group" ADD COLUMN     "flag" TEXT;
