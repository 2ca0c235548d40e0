-- A session that falls away with its schedule's change stays as a cancelled one for a while.
alter table "Session" add column "fellAwayAt" timestamptz(3);
-- Planned instants are made anew when the runtime knows newer zone data.
alter table "Organisation" add column "zoneData" text;
-- The one directory that holds the keys of open check-ins.
alter table "Installation" add column "keyDirectoryId" uuid;
-- A unit whose key cannot be read now is tried again later.
alter table "ReleaseUnit" add column "waitsUntil" timestamptz(3);
-- Of several processes one deletes by age.
alter table "Installation" add column "forgotAt" timestamptz(3);
-- One that somebody called off stays so when the schedule has its date again.
alter table "Session" add column "isCalledOff" boolean not null default false;
update "Session" set "isCalledOff" = true where "state" = 'cancelled';
-- When a check-in was taken back: the digest of that week says so.
alter table "CheckIn" add column "takenBackAt" timestamptz(3);
