-- The same statements run on SQLite and on PostgreSQL: TEXT and BIGINT only. Times are milliseconds since 1970-01-01 UTC,
-- flags are 0 or 1, and whatever is read as a whole (findings, labels, notices) is JSON in TEXT.

CREATE TABLE deliveries (
    id           TEXT   NOT NULL PRIMARY KEY,
    dataset      TEXT,
    file         TEXT   NOT NULL,
    hash         TEXT   NOT NULL,
    size         BIGINT NOT NULL,
    revision     BIGINT NOT NULL,
    periods      TEXT   NOT NULL,
    verdict      TEXT   NOT NULL,
    findings     TEXT   NOT NULL,
    received     BIGINT NOT NULL,
    duplicate_of TEXT   REFERENCES deliveries (id),
    settings     TEXT   NOT NULL,
    recorded     BIGINT NOT NULL
);
CREATE INDEX deliveries_by_hash ON deliveries (hash);
CREATE INDEX deliveries_by_time ON deliveries (received);

-- What each accepted delivery counts for. The highest revision of a period is the one in force.
CREATE TABLE delivery_periods (
    dataset  TEXT   NOT NULL,
    period   TEXT   NOT NULL,
    revision BIGINT NOT NULL,
    delivery TEXT   NOT NULL REFERENCES deliveries (id),
    PRIMARY KEY (dataset, period, revision)
);

-- The manifest of the measures: an accepted period may have no file, when it has no figures.
CREATE TABLE measure_files (
    dataset  TEXT   NOT NULL,
    period   TEXT   NOT NULL,
    revision BIGINT NOT NULL,
    path     TEXT   NOT NULL,
    hash     TEXT   NOT NULL,
    figures  BIGINT NOT NULL,
    PRIMARY KEY (dataset, period, revision),
    FOREIGN KEY (dataset, period, revision) REFERENCES delivery_periods (dataset, period, revision)
);

CREATE TABLE alerts (
    id          TEXT NOT NULL PRIMARY KEY,
    rule        TEXT NOT NULL,
    dataset     TEXT NOT NULL,
    severity    TEXT NOT NULL,
    state       TEXT NOT NULL,
    labels      TEXT NOT NULL,
    since       TEXT NOT NULL,
    reading     TEXT NOT NULL,
    cannot_tell TEXT,
    episodes    TEXT NOT NULL,
    withdrawn   TEXT
);
CREATE INDEX alerts_by_dataset ON alerts (dataset);

-- Append only. `seq` counts the steps of one alert from 1, so that their order does not hang on a clock.
-- A step without a delivery (the rules changed) is not held back by UNIQUE: the same change may come, go and come again.
CREATE TABLE transitions (
    alert    TEXT   NOT NULL REFERENCES alerts (id),
    seq      BIGINT NOT NULL,
    kind     TEXT   NOT NULL,
    cause    TEXT   NOT NULL,
    delivery TEXT   REFERENCES deliveries (id),
    since    TEXT   NOT NULL,
    period   TEXT   NOT NULL,
    reading  TEXT   NOT NULL,
    recorded BIGINT NOT NULL,
    PRIMARY KEY (alert, seq),
    UNIQUE (alert, delivery, kind, since, period)
);

CREATE TABLE unjudged (
    dataset      TEXT NOT NULL,
    rule         TEXT NOT NULL,
    labels       TEXT NOT NULL,
    period       TEXT NOT NULL,
    kind         TEXT NOT NULL,
    reason       TEXT NOT NULL,
    firing_since TEXT
);
CREATE INDEX unjudged_by_dataset ON unjudged (dataset);

CREATE TABLE datasets (
    dataset    TEXT   NOT NULL PRIMARY KEY,
    introduced BIGINT NOT NULL DEFAULT 0,
    rules      TEXT
);

CREATE TABLE notices (
    id       TEXT   NOT NULL PRIMARY KEY,
    kind     TEXT   NOT NULL,
    group_id TEXT   NOT NULL,
    dataset  TEXT,
    delivery TEXT   REFERENCES deliveries (id),
    period   TEXT,
    subject  TEXT   NOT NULL,
    notice   TEXT   NOT NULL,
    created  BIGINT NOT NULL
);
CREATE INDEX notices_by_time ON notices (created);

CREATE TABLE outbox (
    id           TEXT   NOT NULL PRIMARY KEY,
    notice       TEXT   NOT NULL REFERENCES notices (id),
    group_id     TEXT   NOT NULL,
    channel      TEXT   NOT NULL,
    recipient    TEXT   NOT NULL,
    payload      TEXT   NOT NULL,
    state        TEXT   NOT NULL,
    attempts     BIGINT NOT NULL DEFAULT 0,
    next_attempt BIGINT NOT NULL,
    lease_until  BIGINT,
    lease_owner  TEXT,
    created      BIGINT NOT NULL,
    sent         BIGINT,
    last_error   TEXT,
    reported     BIGINT NOT NULL DEFAULT 0
);
CREATE INDEX outbox_by_state ON outbox (state, next_attempt);
CREATE INDEX outbox_by_notice ON outbox (notice);
CREATE INDEX outbox_by_recipient ON outbox (channel, recipient, state);

CREATE TABLE placements (
    delivery   TEXT NOT NULL PRIMARY KEY REFERENCES deliveries (id),
    state      TEXT NOT NULL,
    source     TEXT NOT NULL,
    targets    TEXT NOT NULL,
    superseded TEXT NOT NULL
);
CREATE INDEX placements_by_state ON placements (state);
