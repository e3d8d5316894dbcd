-- What was read of a delivery and which checks were made, as JSON.

ALTER TABLE deliveries ADD COLUMN examination TEXT;
