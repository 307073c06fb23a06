-- Entries that were put back stay known for a while, so that the putting back can be taken back too.
ALTER TABLE removed_block_entries ADD COLUMN put_back_at TIMESTAMP;
