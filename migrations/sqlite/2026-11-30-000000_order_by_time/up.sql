-- The call log and the change log are read by the time of the call and of the change: what is
-- reported late stands where it belongs.
DROP INDEX call_events_list;
CREATE INDEX call_events_list ON call_events (account_id, kind, at, id);
CREATE INDEX audit_log_time ON audit_log (account_id, at, id);
DROP INDEX audit_log_object;
CREATE INDEX audit_log_object ON audit_log (account_id, object_id, at, id);
