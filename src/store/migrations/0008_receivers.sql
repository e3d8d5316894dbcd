-- Receivers that do not take messages now. One of which nothing is known has no row.

CREATE TABLE receivers (
    channel       TEXT   NOT NULL,
    recipient     TEXT   NOT NULL,
    group_id      TEXT   NOT NULL,
    reason        TEXT   NOT NULL,
    -- Nothing is sent to it before then.
    rests_until   BIGINT,
    -- Its first failure since it has taken a message.
    failing_since BIGINT,
    -- It asked never to be called again, at the address with this fingerprint.
    disabled      BIGINT,
    address       TEXT,
    -- What the operator's group was told of it.
    told          TEXT,
    -- It takes messages again, and the operator's group was told that it did not.
    recovered     BIGINT,
    PRIMARY KEY (channel, recipient)
);
