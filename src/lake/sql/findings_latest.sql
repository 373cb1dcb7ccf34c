-- What is found now?
-- One row: a resource and a check, in the latest run.
SELECT f.*
FROM findings_published AS f
JOIN run_latest AS r ON r.run_id = f.run_id
WHERE f.run_partition >= date_format(current_date - interval '7' day, '%Y-%m-%d')
