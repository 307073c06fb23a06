-- Entries that were put back stay known for a while, so that the putting back can be taken back too.
ALTER TABLE removed_block_entries ADD COLUMN put_back_at TIMESTAMP;

-- Who is told, in which language, and about what.
ALTER TABLE notify_rules ADD COLUMN emails TEXT NOT NULL DEFAULT '[]';
ALTER TABLE notify_rules ADD COLUMN events TEXT NOT NULL DEFAULT '[]';
ALTER TABLE notify_rules ADD COLUMN language TEXT NOT NULL DEFAULT 'ja';
-- Whether subjects of mails leave out the caller's number.
ALTER TABLE notify_rules ADD COLUMN private_subject BOOLEAN NOT NULL DEFAULT FALSE;

-- The destinations of a rule.
CREATE TABLE notify_services (
    account_id TEXT NOT NULL,
    id TEXT NOT NULL,
    rule_id TEXT NOT NULL,
    -- 'slack', 'chatwork', 'teams', 'google_chat', 'line', 'line_works', 'webhook'
    kind TEXT NOT NULL,
    label TEXT NOT NULL,
    -- What its owner wants.
    enabled BOOLEAN NOT NULL,
    -- JSON object, sealed.
    sealed_credentials TEXT NOT NULL,
    -- JSON object: every credential as it may be shown.
    hints TEXT NOT NULL,
    -- Keyed hash of what the provider paces by, so that services with one destination share its pace.
    pace_key TEXT NOT NULL,
    -- Since when every attempt has failed; NULL while the last one went well.
    failing_since TIMESTAMP,
    -- Code of what is wrong with it, such as 'slack.invalid_auth'; NULL while nothing is.
    problem TEXT,
    -- When we switched it off because of that.
    stopped_at TIMESTAMP,
    -- Random part of the address that a provider calls back; NULL where none does.
    callback_hash TEXT,
    version BIGINT NOT NULL,
    created_at TIMESTAMP NOT NULL,
    updated_at TIMESTAMP NOT NULL,
    PRIMARY KEY (account_id, id),
    FOREIGN KEY (account_id, rule_id) REFERENCES notify_rules (account_id, id) ON DELETE CASCADE
);
CREATE INDEX notify_services_rule ON notify_services (account_id, rule_id, id);
CREATE UNIQUE INDEX notify_services_callback ON notify_services (callback_hash);

-- What a call left behind, beside the call itself.
ALTER TABLE call_events ADD COLUMN switch_id TEXT;
-- The switch's own id of the event.
ALTER TABLE call_events ADD COLUMN event_id TEXT;
-- 'call' (one that notices say nothing of, or another terminal's word of the same call), 'missed_call', 'voicemail', 'fax',
-- 'forwarded_call', 'transcript' (of a voicemail that is still to come)
ALTER TABLE call_events ADD COLUMN kind TEXT NOT NULL DEFAULT 'call';
-- Of a missed call: 'no_answer', 'busy', 'refused', 'hung_up'
ALTER TABLE call_events ADD COLUMN reason TEXT;
-- Whether the caller came in as an international call.
ALTER TABLE call_events ADD COLUMN international BOOLEAN NOT NULL DEFAULT FALSE;
ALTER TABLE call_events ADD COLUMN duration_s INTEGER;
ALTER TABLE call_events ADD COLUMN pages INTEGER;
ALTER TABLE call_events ADD COLUMN transcript TEXT;
-- Where a forwarded call went, in E.164.
ALTER TABLE call_events ADD COLUMN forwarded_to TEXT;
ALTER TABLE call_events ADD COLUMN attachment_id TEXT;
ALTER TABLE call_events ADD COLUMN received_at TIMESTAMP;
CREATE UNIQUE INDEX call_events_event ON call_events (account_id, switch_id, event_id);
CREATE INDEX call_events_call ON call_events (account_id, call_id);
CREATE INDEX call_events_list ON call_events (account_id, kind, id);

-- Files as a switch hands them in, before an event says whose they are.
CREATE TABLE uploads (
    id TEXT NOT NULL PRIMARY KEY,
    switch_id TEXT NOT NULL,
    content_type TEXT NOT NULL,
    size_bytes BIGINT NOT NULL,
    duration_ms INTEGER,
    object_key TEXT NOT NULL,
    created_at TIMESTAMP NOT NULL
);
CREATE INDEX uploads_created_at ON uploads (created_at);

-- Audio and faxes of calls, and the one link that leads to each from outside.
CREATE TABLE attachments (
    account_id TEXT NOT NULL REFERENCES accounts (id) ON DELETE CASCADE,
    id TEXT NOT NULL,
    call_event_id TEXT NOT NULL,
    -- 'audio', 'fax'
    kind TEXT NOT NULL,
    content_type TEXT NOT NULL,
    file_name TEXT NOT NULL,
    size_bytes BIGINT NOT NULL,
    duration_ms INTEGER,
    object_key TEXT NOT NULL,
    -- Part of the link's token: counting it up revokes the link and makes another.
    link_serial INTEGER NOT NULL,
    link_expires_at TIMESTAMP NOT NULL,
    link_revoked_at TIMESTAMP,
    downloads BIGINT NOT NULL,
    last_download_at TIMESTAMP,
    created_at TIMESTAMP NOT NULL,
    PRIMARY KEY (account_id, id)
);
CREATE INDEX attachments_id ON attachments (id);
CREATE INDEX attachments_created_at ON attachments (created_at);

-- Every notice to one destination: what waits, what is under way, and what became of the others.
CREATE TABLE deliveries (
    account_id TEXT NOT NULL REFERENCES accounts (id) ON DELETE CASCADE,
    id TEXT NOT NULL,
    -- What people read: the same on every attempt, so that a duplicate is recognised.
    short_id TEXT NOT NULL,
    -- NULL for a mail that is about no call: a service that was switched off.
    call_event_id TEXT,
    number_id TEXT,
    rule_id TEXT,
    -- NULL for mail.
    service_id TEXT,
    -- 'mail' or the kind of the service.
    channel TEXT NOT NULL,
    -- The mail address, or the label of the service at that time.
    destination TEXT NOT NULL,
    -- 'event', 'transcript' (follows later), 'service_stopped'
    purpose TEXT NOT NULL,
    -- 'waiting', 'sending', 'held' (the service is off), 'delivered', 'handed_over', 'failed', 'canceled', 'skipped'
    state TEXT NOT NULL,
    attempts INTEGER NOT NULL,
    -- When it may be sent; in the past for whatever is due.
    next_at TIMESTAMP NOT NULL,
    -- The slot that its pace has given it, while that is to come or has just come.
    slot_at TIMESTAMP,
    pace_key TEXT,
    lease_owner TEXT,
    lease_until TIMESTAMP,
    -- JSON: what is done already and must not be done again (the text was sent, under this name).
    progress TEXT,
    -- JSON, for purposes that no event stands behind.
    content TEXT,
    -- Code of the last outcome, such as 'slack.invalid_auth'.
    problem TEXT,
    created_at TIMESTAMP NOT NULL,
    finished_at TIMESTAMP,
    PRIMARY KEY (account_id, id)
);
CREATE INDEX deliveries_due ON deliveries (account_id, next_at, id) WHERE state = 'waiting';
CREATE INDEX deliveries_leases ON deliveries (lease_until) WHERE state = 'sending';
CREATE INDEX deliveries_event ON deliveries (account_id, call_event_id);
CREATE INDEX deliveries_service ON deliveries (account_id, service_id, state);
-- Few, and looked for by their owner.
CREATE INDEX deliveries_failed ON deliveries (account_id, id) WHERE state = 'failed';
CREATE INDEX deliveries_skipped ON deliveries (account_id, id) WHERE state = 'skipped';
CREATE INDEX deliveries_held ON deliveries (account_id, id) WHERE state = 'held';
CREATE INDEX deliveries_created_at ON deliveries (created_at);

CREATE TABLE delivery_attempts (
    account_id TEXT NOT NULL REFERENCES accounts (id) ON DELETE CASCADE,
    delivery_id TEXT NOT NULL,
    id TEXT NOT NULL,
    at TIMESTAMP NOT NULL,
    -- 'delivered', 'handed_over', 'retry', 'bad_config', 'bad_payload', 'unknown', 'interrupted'
    outcome TEXT NOT NULL,
    -- HTTP status or SMTP code, where one came.
    status INTEGER,
    problem TEXT,
    -- The answer, shortened and without secrets.
    detail TEXT NOT NULL,
    duration_ms INTEGER NOT NULL,
    PRIMARY KEY (account_id, delivery_id, id)
);

-- When a destination takes its next message. Shared by all workers; rows that are past mean nothing.
CREATE TABLE paces (
    pace_key TEXT NOT NULL PRIMARY KEY,
    free_at TIMESTAMP NOT NULL
);
CREATE INDEX paces_free_at ON paces (free_at);
