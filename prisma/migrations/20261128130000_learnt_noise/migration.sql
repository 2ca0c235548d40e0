-- How far results move by themselves, learnt from many groups and kept for a season.
CREATE TABLE "LearntNoise" (
    "organisationId" UUID NOT NULL,
    "questionSetId" TEXT NOT NULL,
    "questionSetVersion" INTEGER NOT NULL,
    "audience" "Audience" NOT NULL,
    "scales" JSONB NOT NULL,
    "learntOn" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "LearntNoise_pkey" PRIMARY KEY ("organisationId","questionSetId","questionSetVersion","audience")
);
ALTER TABLE "LearntNoise" ADD CONSTRAINT "LearntNoise_organisationId_fkey" FOREIGN KEY ("organisationId") REFERENCES "Organisation"("id") ON DELETE CASCADE ON UPDATE CASCADE;
