-- What people did about alerts, and what became of it. Append only.

CREATE TABLE acts (
    id       TEXT   NOT NULL PRIMARY KEY,
    alert    TEXT   NOT NULL REFERENCES alerts (id),
    since    TEXT   NOT NULL,
    kind     TEXT   NOT NULL,
    act      TEXT   NOT NULL,
    recorded BIGINT NOT NULL
);
CREATE INDEX acts_by_alert ON acts (alert, since);
