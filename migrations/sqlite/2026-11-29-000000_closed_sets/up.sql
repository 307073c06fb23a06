-- Sets of words that grow only with a migration. What is open (channels, kinds of events, objects and actions of the
-- change log, kinds of terminals, ringtones) is typed by its reader alone.
ALTER TABLE accounts ADD CONSTRAINT accounts_status_is_known
    CHECK (status IN ('active', 'suspended'));
ALTER TABLE numbers ADD CONSTRAINT numbers_kind_is_known
    CHECK (kind IN ('primary', 'additional'));
ALTER TABLE phone_ids ADD CONSTRAINT phone_ids_kind_is_known
    CHECK (kind IN ('basic', 'additional'));
ALTER TABLE service_keys ADD CONSTRAINT service_keys_kind_is_known
    CHECK (kind IN ('operator', 'switch'));
ALTER TABLE block_entries ADD CONSTRAINT block_entries_matching_is_known
    CHECK (matching IN ('exact', 'prefix'));
ALTER TABLE removed_block_entries ADD CONSTRAINT removed_block_entries_matching_is_known
    CHECK (matching IN ('exact', 'prefix'));
ALTER TABLE block_imports ADD CONSTRAINT block_imports_state_is_known
    CHECK (state IN ('previewed', 'applied', 'undone'));
ALTER TABLE call_events ADD CONSTRAINT call_events_direction_is_known
    CHECK (direction IN ('in', 'out'));
ALTER TABLE call_events ADD CONSTRAINT call_events_outcome_is_known
    CHECK (outcome IN ('answered', 'missed', 'refused', 'busy'));
ALTER TABLE attachments ADD CONSTRAINT attachments_kind_is_known
    CHECK (kind IN ('audio', 'fax'));
ALTER TABLE deliveries ADD CONSTRAINT deliveries_state_is_known
    CHECK (state IN ('waiting', 'sending', 'held', 'delivered', 'handed_over', 'failed', 'canceled', 'skipped'));
ALTER TABLE delivery_attempts ADD CONSTRAINT delivery_attempts_outcome_is_known
    CHECK (outcome IN ('delivered', 'handed_over', 'retry', 'bad_config', 'bad_payload', 'unknown', 'interrupted'));
