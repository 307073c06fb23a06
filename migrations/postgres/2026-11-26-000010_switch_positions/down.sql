DROP TABLE switch_reports;
DROP TABLE route_position;
DROP TABLE route_changes;
CREATE TABLE account_changes (
    account_id TEXT COLLATE "C" NOT NULL PRIMARY KEY,
    changed_at TIMESTAMP NOT NULL
);
CREATE INDEX account_changes_at ON account_changes (changed_at);
