DROP INDEX audit_log_object;
CREATE INDEX audit_log_object ON audit_log (account_id, object_id, id);
DROP INDEX audit_log_time;
DROP INDEX call_events_list;
CREATE INDEX call_events_list ON call_events (account_id, kind, id);
