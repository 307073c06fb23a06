ALTER TABLE accounts ADD COLUMN forwarding_number TEXT COLLATE "C";

ALTER TABLE numbers ADD COLUMN reject_withheld BOOLEAN NOT NULL DEFAULT FALSE;
ALTER TABLE numbers ADD COLUMN reject_pay_phone BOOLEAN NOT NULL DEFAULT FALSE;
ALTER TABLE numbers ADD COLUMN reject_out_of_range BOOLEAN NOT NULL DEFAULT FALSE;
ALTER TABLE numbers ADD COLUMN reject_service_conflict BOOLEAN NOT NULL DEFAULT FALSE;
-- Counted along: counting 200,000 entries at every look would take longer than everything else.
ALTER TABLE numbers ADD COLUMN block_entry_count BIGINT NOT NULL DEFAULT 0;

CREATE TABLE block_entries (
    account_id TEXT COLLATE "C" NOT NULL,
    number_id TEXT COLLATE "C" NOT NULL,
    id TEXT COLLATE "C" NOT NULL,
    pattern TEXT COLLATE "C" NOT NULL,
    matching TEXT COLLATE "C" NOT NULL,
    note TEXT NOT NULL,
    -- The number as it is dialled in Japan and the note, in small letters: what a search looks through.
    search TEXT COLLATE "C" NOT NULL,
    expires_at TIMESTAMP,
    hits BIGINT NOT NULL,
    last_hit_at TIMESTAMP,
    import_id TEXT COLLATE "C",
    version BIGINT NOT NULL,
    created_at TIMESTAMP NOT NULL,
    updated_at TIMESTAMP NOT NULL,
    PRIMARY KEY (account_id, number_id, id),
    FOREIGN KEY (account_id, number_id) REFERENCES numbers (account_id, id) ON DELETE CASCADE
);
CREATE UNIQUE INDEX block_entries_pattern ON block_entries (account_id, number_id, pattern, matching);

CREATE INDEX block_entries_expires_at ON block_entries (account_id, number_id, expires_at) WHERE expires_at IS NOT NULL;

-- Removed entries wait here for a while, so that a removal can be taken back.
CREATE TABLE removed_block_entries (
    account_id TEXT COLLATE "C" NOT NULL,
    number_id TEXT COLLATE "C" NOT NULL,
    deletion_id TEXT COLLATE "C" NOT NULL,
    id TEXT COLLATE "C" NOT NULL,
    pattern TEXT COLLATE "C" NOT NULL,
    matching TEXT COLLATE "C" NOT NULL,
    note TEXT NOT NULL,
    search TEXT COLLATE "C" NOT NULL,
    expires_at TIMESTAMP,
    hits BIGINT NOT NULL,
    last_hit_at TIMESTAMP,
    import_id TEXT COLLATE "C",
    version BIGINT NOT NULL,
    created_at TIMESTAMP NOT NULL,
    removed_at TIMESTAMP NOT NULL,
    PRIMARY KEY (account_id, number_id, deletion_id, id),
    FOREIGN KEY (account_id, number_id) REFERENCES numbers (account_id, id) ON DELETE CASCADE
);
CREATE INDEX removed_block_entries_removed_at ON removed_block_entries (removed_at);

CREATE TABLE block_imports (
    account_id TEXT COLLATE "C" NOT NULL,
    number_id TEXT COLLATE "C" NOT NULL,
    id TEXT COLLATE "C" NOT NULL,
    state TEXT COLLATE "C" NOT NULL,
    encoding TEXT NOT NULL,
    -- The file and one byte per row, while it is only previewed.
    file BYTEA,
    outcomes BYTEA,
    total INTEGER NOT NULL,
    added INTEGER NOT NULL,
    warned INTEGER NOT NULL,
    duplicates INTEGER NOT NULL,
    repairable INTEGER NOT NULL,
    invalid INTEGER NOT NULL,
    empty INTEGER NOT NULL,
    created_at TIMESTAMP NOT NULL,
    PRIMARY KEY (account_id, number_id, id),
    FOREIGN KEY (account_id, number_id) REFERENCES numbers (account_id, id) ON DELETE CASCADE
);
CREATE INDEX block_imports_created_at ON block_imports (created_at);

-- Calls as the switch reported them, one row per call.
CREATE TABLE call_events (
    account_id TEXT COLLATE "C" NOT NULL REFERENCES accounts (id) ON DELETE CASCADE,
    id TEXT COLLATE "C" NOT NULL,
    number_id TEXT COLLATE "C" NOT NULL,
    call_id TEXT COLLATE "C" NOT NULL,
    -- 'in' or 'out'
    direction TEXT COLLATE "C" NOT NULL,
    -- The other side in E.164; NULL without a number, then no_number says why.
    party TEXT COLLATE "C",
    no_number TEXT COLLATE "C",
    -- 'answered', 'missed', 'refused', 'busy'
    outcome TEXT COLLATE "C" NOT NULL,
    at TIMESTAMP NOT NULL,
    PRIMARY KEY (account_id, id)
);
CREATE INDEX call_events_party ON call_events (account_id, party, at);
CREATE INDEX call_events_at ON call_events (at);
CREATE INDEX audit_log_screen ON audit_log (account_id, object_kind, object_id, id);
