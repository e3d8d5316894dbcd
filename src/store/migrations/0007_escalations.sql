-- Which group was told of which alert that fires, and at which of its periods first: one row each.

CREATE TABLE told (
    alert    TEXT   NOT NULL,
    group_id TEXT   NOT NULL,
    period   TEXT   NOT NULL,
    notice   TEXT   NOT NULL,
    told     BIGINT NOT NULL,
    PRIMARY KEY (alert, group_id, period)
);

-- Steps of escalation policies that were taken. Append only.

CREATE TABLE escalations (
    id         TEXT   NOT NULL PRIMARY KEY,
    alert      TEXT   NOT NULL REFERENCES alerts (id),
    group_id   TEXT   NOT NULL,
    since      TEXT   NOT NULL,
    policy     TEXT   NOT NULL,
    round      BIGINT NOT NULL,
    step       BIGINT NOT NULL,
    repetition BIGINT NOT NULL,
    escalation TEXT   NOT NULL,
    recorded   BIGINT NOT NULL,
    UNIQUE (alert, group_id, since, policy, round, step, repetition)
);

-- Alerts of which a group was not told because they were muted, until it is told or they no longer fire.

CREATE TABLE unsaid (
    alert    TEXT   NOT NULL REFERENCES alerts (id),
    group_id TEXT   NOT NULL,
    recorded BIGINT NOT NULL,
    PRIMARY KEY (alert, group_id)
);

-- The summaries that groups were given of a period.

CREATE TABLE summaries (
    group_id TEXT   NOT NULL,
    period   TEXT   NOT NULL,
    notice   TEXT   NOT NULL,
    recorded BIGINT NOT NULL,
    PRIMARY KEY (group_id, period)
);
