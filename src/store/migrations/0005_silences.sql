-- What people asked not to hear of, and what was composed and waits to be said.

CREATE TABLE silences (
    id       TEXT   NOT NULL PRIMARY KEY,
    silence  TEXT   NOT NULL,
    starts   BIGINT NOT NULL,
    ends     BIGINT NOT NULL,
    over_told BIGINT NOT NULL DEFAULT 0
);
CREATE INDEX silences_by_end ON silences (ends);

CREATE TABLE held_notices (
    id       TEXT   NOT NULL PRIMARY KEY,
    group_id TEXT   NOT NULL,
    body     TEXT   NOT NULL,
    since    BIGINT NOT NULL
);
