-- Every change of an account that calls or those who look after them have to know, also of accounts that are gone, in the order of their
-- positions. A change is committed without a position; whoever numbers them next gives one to all that are committed by then, under the
-- lock of route_position. So a position is never seen before a smaller one.
CREATE TABLE route_changes (
    account_id TEXT COLLATE "C" NOT NULL,
    id TEXT COLLATE "C" NOT NULL,
    at TIMESTAMP NOT NULL,
    -- NULL = the account is gone.
    revision BIGINT,
    -- Whether it may change what becomes of calls.
    decides BOOLEAN NOT NULL,
    -- The only number that it is about; NULL = all of the account.
    number_id TEXT COLLATE "C",
    -- A number that the account has no more, in E.164.
    gone TEXT COLLATE "C",
    -- NULL = not numbered yet.
    position BIGINT,
    PRIMARY KEY (account_id, id)
);
CREATE INDEX route_changes_position ON route_changes (position);
CREATE INDEX route_changes_at ON route_changes (at);
DROP TABLE account_changes;

-- One row: the last position, and the one behind which every change is still there. 0 = none yet.
CREATE TABLE route_position (
    id INTEGER NOT NULL PRIMARY KEY CHECK (id = 1),
    position BIGINT NOT NULL,
    floor BIGINT NOT NULL
);
INSERT INTO route_position (id, position, floor) VALUES (1, 0, 0);

-- Which positions a switch said that it serves, and when first and last.
CREATE TABLE switch_reports (
    switch_id TEXT COLLATE "C" NOT NULL REFERENCES service_keys (id) ON DELETE CASCADE,
    position BIGINT NOT NULL,
    applied_at TIMESTAMP NOT NULL,
    seen_at TIMESTAMP NOT NULL,
    PRIMARY KEY (switch_id, position)
);
