-- The store of the signing records, version 1. Slots and epochs are decimal
-- numbers below 2^63; keys have 48 bytes, roots 32.

create schema ethkey;

-- sha256 over all that a record says, so that a row which something else than
-- the signer changed is found. Every field has a fixed length or says that it
-- is absent.
create function ethkey.record_sum(
  public_key bytea, slot bigint, block_root bytea, source bigint, target bigint, attestation_root bytea,
  disabled boolean, covered boolean
) returns bytea language sql immutable as $$
  select sha256('ethkey record 1'::bytea || public_key
    || int8send(coalesce(slot, -1)) || coalesce('\x01'::bytea || block_root, '\x00'::bytea)
    || int8send(coalesce(source, -1)) || int8send(coalesce(target, -1))
    || coalesce('\x01'::bytea || attestation_root, '\x00'::bytea)
    || case when disabled then '\x01'::bytea else '\x00'::bytea end
    || case when covered then '\x01'::bytea else '\x00'::bytea end)
$$;

-- What the store is bound to; one row.
create table ethkey.store (
  one boolean primary key default true check (one),
  chain text not null,
  genesis_validators_root bytea not null check (octet_length(genesis_validators_root) = 32),
  genesis_time bigint not null,
  seconds_per_slot bigint not null,
  slots_per_epoch bigint not null,
  -- the server that holds the records, and what it promises of its standbys
  system_identifier text not null,
  timeline text not null,
  standbys text not null,
  high_slot bigint,
  high_epoch bigint,
  seen bigint not null, -- the latest Unix second at which the store was changed by hand
  check ((high_slot is null) = (high_epoch is null))
);

-- What each key signed last. Half of a page is left free, so that an update
-- finds room beside the row and touches no index.
create table ethkey.validator (
  public_key bytea primary key check (octet_length(public_key) = 48),
  slot bigint check (slot >= 0),
  block_root bytea check (octet_length(block_root) = 32),
  source bigint check (source >= 0),
  target bigint check (target >= 0),
  attestation_root bytea check (octet_length(attestation_root) = 32),
  disabled boolean not null,
  covered boolean not null,
  sum bytea not null,
  check (block_root is null or slot is not null),
  check ((source is null) = (target is null)),
  check (attestation_root is null or target is not null)
) with (fillfactor = 50);

-- Whether this session, on this server, makes durable what it commits, and the
-- server is the one that the store is bound to and has all that was answered
-- before: asked by the very statement that records, since settings change and
-- poolers switch. Without warnings a commit that did not wait for its standby
-- looks like any other; without senders none waits.
create function ethkey.durable(reached pg_lsn) returns boolean language sql volatile as $$
  select current_setting('fsync') = 'on' and current_setting('full_page_writes') = 'on'
    and current_setting('synchronous_commit') in ('on', 'remote_apply')
    and current_setting('client_min_messages') <> 'error'
    and not pg_is_in_recovery()
    and pg_current_wal_lsn() >= reached
    and exists (
      select from ethkey.store
      where system_identifier = (select c.system_identifier::text from pg_control_system() c)
        and timeline = substr(pg_walfile_name(pg_current_wal_lsn()), 1, 8)
        and (standbys = ''
          or standbys = current_setting('synchronous_standby_names') and current_setting('max_wal_senders')::int > 0))
$$;

-- A record never falls, whoever writes it.
create function ethkey.never_lower() returns trigger language plpgsql as $$
begin
  if new.public_key <> old.public_key
    or coalesce(new.slot, -1) < coalesce(old.slot, -1)
    or coalesce(new.source, -1) < coalesce(old.source, -1)
    or coalesce(new.target, -1) < coalesce(old.target, -1) then
    raise exception 'a signing record would fall';
  end if;
  return new;
end
$$;
create trigger never_lower before update on ethkey.validator
  for each row execute function ethkey.never_lower();

create function ethkey.never_forget() returns trigger language plpgsql as $$
begin
  raise exception 'signing records are never deleted';
end
$$;
create trigger never_forget before delete or truncate on ethkey.validator
  for each statement execute function ethkey.never_forget();
