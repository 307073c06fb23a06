-- Who called from within the contract, by the extension; no_number is set beside it, for versions
-- that know no extensions. And what of a caller could not be read, as the switch sent it.
ALTER TABLE call_events ADD COLUMN extension TEXT;
ALTER TABLE call_events ADD COLUMN caller_sent TEXT;
