-- A file may hold tables of several datasets: a delivery each, which says which table it is.

ALTER TABLE deliveries ADD COLUMN part TEXT;
CREATE INDEX placements_by_source ON placements (source);
