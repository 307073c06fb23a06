ALTER TABLE removed_block_entries DROP COLUMN put_back_at;
