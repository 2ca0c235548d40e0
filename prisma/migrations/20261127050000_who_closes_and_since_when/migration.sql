-- A request whose member staff took off the list is not closed by those who could have done it to hide one.
alter table "ContactRequest" add column "isClosedAbove" boolean not null default false;
-- A connection that takes nothing for long reaches nobody.
alter table "Connection" add column "troubleSince" timestamptz(3);
update "Connection" set "troubleSince" = clock_timestamp() where "trouble" is not null;
-- Accounts are looked up once a day: nothing else tells that one was closed.
alter table "Account" add column "lookedAt" timestamptz(3);
