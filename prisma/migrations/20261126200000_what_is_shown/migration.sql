-- The store keeps what the gate showed, in place of the sums that it decided from. Changes that were told before are not
-- kept: nothing but the sums could say them, and those go.
alter table "Release" add column "shown" jsonb, add column "isAfterHidden" boolean not null default false,
  add column "course" bytea;
update "Release" r set "shown" = coalesce((
  select jsonb_build_object('kind', 'shown',
      'response', case when r."answered" * 100 >= r."invited" * 75 then 'most'
        when r."answered" * 100 >= r."invited" * 40 then 'half' else 'fewer' end,
      'scales', jsonb_agg(jsonb_build_object('scaleId', substr(t."subject", 7),
        'band', case when t."mean" <= 0.375 then 'low' when t."mean" >= 0.625 then 'high' else 'mixed' end,
        'mean', case when t."answers" >= 11 and t."rounded" > 0.075 and t."rounded" < 0.925 then t."rounded" end,
        'highTenths', case when t."answers" >= 11 and t."high" >= 3 and t."answers" - t."high" >= 3
          then least(9, greatest(1, round(10.0 * t."high" / t."answers"))) end,
        'change', null,
        'isOutside', t."answers" >= greatest(11, u."k") and r."answered" >= greatest(11, u."k"))))
  from (select *, "totalMilli" / 1000.0 / "answers" as "mean",
      round("totalMilli" / 1000.0 / "answers" * 20) / 20 as "rounded" from "Tally") t
    join "ReleaseUnit" u on u."organisationId" = t."organisationId" and u."id" = t."unitId"
  where t."organisationId" = r."organisationId" and t."unitId" = r."unitId" and t."subject" like 'scale:%'
    and t."answers" >= u."k"
  having count(*) > 0), jsonb_build_object('kind', 'tooFew'));
alter table "Release" alter column "shown" set not null, drop column "invited", drop column "answered";
drop table "Tally";

create table "SealedSums" (
  "organisationId" uuid not null,
  "id" uuid not null,
  "sealed" bytea not null,
  "destroyOn" date not null,
  constraint "SealedSums_pkey" primary key ("organisationId", "id"),
  constraint "SealedSums_organisationId_id_fkey" foreign key ("organisationId", "id")
    references "ReleaseUnit" ("organisationId", "id") on delete cascade on update cascade
);

alter table "ReleaseUnit" add column "rosterChangesAtClose" integer, add column "removals" integer not null default 0;
update "ReleaseUnit" set "rosterChangesAtClose" = "rosterChanges" where "state" <> 'open';
alter table "CheckIn" add column "asked" integer, add column "newcomers" integer;

-- People known so far have a place by somebody's hand and may have answered: none of them is kept out.
alter table "Person" add column "hasActed" boolean not null default false;
update "Person" set "hasActed" = true;
alter table "RosterEntry" add column "joinedAt" timestamptz(3);
update "RosterEntry" e set "joinedAt" = g."createdAt" from "Group" g
  where g."organisationId" = e."organisationId" and g."id" = e."groupId";
alter table "RosterEntry" alter column "joinedAt" set not null;

create table "Removal" (
  "organisationId" uuid not null,
  "id" uuid not null,
  "groupId" uuid not null,
  "personId" uuid not null,
  "forgetOn" date not null,
  constraint "Removal_pkey" primary key ("organisationId", "id"),
  constraint "Removal_organisationId_groupId_fkey" foreign key ("organisationId", "groupId")
    references "Group" ("organisationId", "id") on delete cascade on update cascade,
  constraint "Removal_organisationId_personId_fkey" foreign key ("organisationId", "personId")
    references "Person" ("organisationId", "id") on delete cascade on update cascade
);
create unique index "Removal_organisationId_groupId_personId_key"
  on "Removal" ("organisationId", "groupId", "personId");
create index "Removal_organisationId_personId_idx" on "Removal" ("organisationId", "personId");

-- Requests that were served are remembered by the day.
alter table "Receipt" alter column "at" type date using ("at" at time zone 'UTC')::date;

-- The audit log's chain begins anew, with a key. Entries from before stay as they are, outside of it.
alter table "AuditEntry" add column "actorTag" bytea, add column "subjectTag" bytea,
  add column "isAboutPerson" boolean not null default false, add column "keyId" integer not null default 0,
  alter column "actorId" drop not null, alter column "subjectId" drop not null;
-- Who was forgotten before is forgotten here as well: only people who are still known stay named.
update "AuditEntry" e set "actorId" = null where not exists (select from "Person" p
  where p."organisationId" = e."organisationId" and p."id" = e."actorId");
update "AuditEntry" e set "subjectId" = null
  where (e."action" like 'roster.added.%' or e."action" like 'roster.removed.%' or e."action" like 'staff.%')
    and not exists (select from "Person" p
      where p."organisationId" = e."organisationId" and p."id"::text = e."subjectId");
create index "AuditEntry_organisationId_actorId_idx" on "AuditEntry" ("organisationId", "actorId");
create index "AuditEntry_organisationId_subjectId_idx" on "AuditEntry" ("organisationId", "subjectId");
alter table "Organisation" add column "auditSeal" bytea;
update "Organisation" set "auditForgotten" = "auditLength", "auditAnchor" = "auditHead";
