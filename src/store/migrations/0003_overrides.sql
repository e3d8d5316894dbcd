-- What people decided over the gate. Append only: a delivery can be released, and withdrawn later.

CREATE TABLE overrides (
    delivery TEXT   NOT NULL REFERENCES deliveries (id),
    action   TEXT   NOT NULL,
    reason   TEXT   NOT NULL,
    decided_by TEXT NOT NULL,
    recorded BIGINT NOT NULL,
    PRIMARY KEY (delivery, action)
);
