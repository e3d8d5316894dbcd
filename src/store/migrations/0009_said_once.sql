-- What several messages say is kept once, by its hash (BLAKE3, in hexadecimal): `outbox.payload` names it, or holds it, as
-- messages did that were queued before.
CREATE TABLE payloads (
    hash    TEXT NOT NULL PRIMARY KEY,
    payload TEXT NOT NULL
);

-- When the rules of a dataset fired, in words, as it was last evaluated under them: JSON, by their ids.
ALTER TABLE datasets ADD COLUMN definitions TEXT;
