DROP TABLE sign_in_links;
DROP TABLE refresh_tokens;
ALTER TABLE terminals DROP COLUMN expires_at;
