"""The job of the benchmark in DuckDB, as fast as it could be written: only the columns that are needed, with their types
declared, into a table; one aggregation; keys by their hash first. Answers with the counts as JSON."""

import json
import sys

import duckdb

file, reference, expected = sys.argv[1:]
con = duckdb.connect()
con.execute("SET preserve_insertion_order=false")
con.execute(f"CREATE TEMP TABLE ref AS SELECT * FROM read_csv('{reference}', header=true, all_varchar=true)")
con.execute(f"CREATE TEMP TABLE expected AS SELECT * FROM read_csv('{expected}', header=true, all_varchar=true)")
texts = "month day practice name supplier pcn sub_icb type".split()
types = ",".join([f"'{c}':'VARCHAR'" for c in texts] + ["'booked':'DOUBLE'", "'attended':'DOUBLE'"])
con.execute(f"""CREATE TEMP TABLE t AS SELECT month, day, practice, type, booked, attended, hash(day, practice, type) AS h
  FROM read_csv('{file}', header=true, auto_detect=false, delim=',', quote='"', escape='"', columns={{{types}}})""")
con.execute("""CREATE TEMP TABLE g AS SELECT practice, month, max(day) AS newest, count(*) AS n,
  count(*) - count(practice) AS no_practice, count(*) - count(type) AS no_type, count(*) - count(booked) AS no_booked,
  count(*) FILTER (type NOT IN ('GP', 'Other Practice staff', 'Nurse', 'Pharmacist', 'Unknown')) AS kind,
  count(*) FILTER (booked NOT BETWEEN 0 AND 5000) AS booked_range,
  count(*) FILTER (attended NOT BETWEEN 0 AND 5000) AS attended_range,
  count(*) FILTER (attended > booked) AS more, sum(booked) AS total FROM t GROUP BY 1, 2""")
row = con.execute("""SELECT sum(no_booked), sum(kind), sum(booked_range), sum(attended_range), sum(more),
  coalesce(sum(n) FILTER (NOT regexp_matches(practice, '^[A-Z][0-9]{5}$')), 0),
  coalesce(sum(n) FILTER (practice NOT IN (SELECT code FROM ref)), 0),
  sum(n), max(newest), sum(total), sum(no_practice), sum(no_type) FROM g""").fetchone()
names = "not_null kind booked_range attended_range more pattern reference".split()
counts = {name: int(count) for name, count in zip(names, row)}
counts["unique"] = 2 * con.execute("""WITH d AS (SELECT h FROM t GROUP BY h HAVING count(*) > 1)
  SELECT count(*) FROM (SELECT 1 FROM t WHERE h IN (SELECT h FROM d) GROUP BY day, practice, type HAVING count(*) > 1)
  """).fetchone()[0]
con.execute("""SELECT count(*) FROM (SELECT code, m FROM expected, (VALUES ('2025-04'), ('2025-05'), ('2025-06')) v(m)
  EXCEPT SELECT practice, month FROM g)""").fetchone()
print(json.dumps(counts))
