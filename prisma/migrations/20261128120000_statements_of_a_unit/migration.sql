-- Units of before keep to a page that tells of four changes, as they were told.
ALTER TABLE "ReleaseUnit" ADD COLUMN "statements" INTEGER NOT NULL DEFAULT 4;
