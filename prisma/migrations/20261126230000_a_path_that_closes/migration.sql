-- A contact request has steps, an end, and outlives the place of the member who asked.
create type "Addressee" as enum ('facilitators', 'others');
create type "Rung" as enum ('facilitators', 'backup', 'supervisors', 'safety');
create type "ContactOutcome" as enum ('reached', 'tried', 'handedOver', 'withdrawn');

alter table "Organisation" add column "safetyContactId" uuid, add column "responsible" text,
  add column "complaints" text, add column "hasDrills" boolean not null default false;
alter table "Person" add column "language" text, add column "linesCountry" text,
  add column "awayFrom" timestamptz(3), add column "awayUntil" timestamptz(3), add column "standInId" uuid;
-- The times were a line that nothing could count with: they have to be given anew.
alter table "Group" drop column "contactTimes", add column "staffedTimes" jsonb, add column "noContactReason" text,
  add column "drilledAt" timestamptz(3);

alter table "ContactRequest" add column "addressee" "Addressee" not null default 'facilitators',
  add column "avoidedIds" uuid[] default array[]::uuid[],
  add column "rung" "Rung" not null default 'facilitators', add column "rungAt" timestamptz(3),
  add column "round" integer not null default 1, add column "closedAt" timestamptz(3),
  add column "outcome" "ContactOutcome", add column "confirmedAt" timestamptz(3),
  add column "isDrill" boolean not null default false;
alter table "ContactRequest" rename column "seenBy" to "holderId";
-- One that was seen counted as done so far, and one that was told to the supervisors stands before them. What was told
-- to the backup at once stands before both.
update "ContactRequest" c set
  "closedAt" = c."seenAt",
  "outcome" = case when c."seenAt" is not null then 'reached'::"ContactOutcome" end,
  "rung" = case when c."escalatedAt" is not null then 'supervisors'::"Rung"
    when g."backupId" is not null then 'backup' else 'facilitators' end,
  "rungAt" = coalesce(c."escalatedAt", c."createdAt")
from "Group" g where g."organisationId" = c."organisationId" and g."id" = c."groupId";
alter table "ContactRequest" alter column "rungAt" set not null, drop column "escalatedAt";
create index "ContactRequest_organisationId_closedAt_idx" on "ContactRequest" ("organisationId", "closedAt");
-- One whose only look lay behind it has none ahead: the hourly look plans it (jobs/watch.ts).

create table "RemovalDay" (
  "organisationId" uuid not null,
  "id" uuid not null,
  "groupId" uuid not null,
  "on" date not null,
  "count" integer not null,
  constraint "RemovalDay_pkey" primary key ("organisationId", "id"),
  constraint "RemovalDay_organisationId_groupId_fkey" foreign key ("organisationId", "groupId")
    references "Group" ("organisationId", "id") on delete cascade on update cascade
);
create unique index "RemovalDay_organisationId_groupId_on_key"
  on "RemovalDay" ("organisationId", "groupId", "on");

create table "AgreementText" (
  "organisationId" uuid not null,
  "id" uuid not null,
  "groupId" uuid not null,
  "words" jsonb not null,
  constraint "AgreementText_pkey" primary key ("organisationId", "id"),
  constraint "AgreementText_organisationId_groupId_fkey" foreign key ("organisationId", "groupId")
    references "Group" ("organisationId", "id") on delete cascade on update cascade
);
create index "AgreementText_organisationId_groupId_idx" on "AgreementText" ("organisationId", "groupId");

create table "Acceptance" (
  "organisationId" uuid not null,
  "textId" uuid not null,
  "personId" uuid not null,
  "on" date not null,
  constraint "Acceptance_pkey" primary key ("organisationId", "textId", "personId"),
  constraint "Acceptance_organisationId_textId_fkey" foreign key ("organisationId", "textId")
    references "AgreementText" ("organisationId", "id") on delete cascade on update cascade,
  constraint "Acceptance_organisationId_personId_fkey" foreign key ("organisationId", "personId")
    references "Person" ("organisationId", "id") on delete cascade on update cascade
);
create index "Acceptance_organisationId_personId_idx" on "Acceptance" ("organisationId", "personId");
