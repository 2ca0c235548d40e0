-- Boxes that hold the time at which their answers were sent. A version from before cannot read them, so a store that
-- it made takes them from a day on: until then both may run side by side. `probedAt` is for readiness alone.
ALTER TABLE "Installation" ADD COLUMN "timedBoxesFrom" TIMESTAMPTZ(3), ADD COLUMN "probedAt" TIMESTAMPTZ(3);
UPDATE "Installation" SET "timedBoxesFrom" = clock_timestamp() + interval '1 day';
