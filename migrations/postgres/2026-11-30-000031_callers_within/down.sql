ALTER TABLE call_events DROP COLUMN caller_sent;
ALTER TABLE call_events DROP COLUMN extension;
