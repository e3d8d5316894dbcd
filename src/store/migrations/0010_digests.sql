-- Days on which papers of groups are due, and the reports that they were given for them.

CREATE TABLE digests (
    group_id TEXT   NOT NULL,
    due      TEXT   NOT NULL,
    -- None while the day is awaited.
    notice   TEXT,
    recorded BIGINT NOT NULL,
    PRIMARY KEY (group_id, due)
);
