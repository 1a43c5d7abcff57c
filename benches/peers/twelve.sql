-- The twelve rules as of 2026-06-30 in DuckDB's SQL, over the tables of a SQLite file attached as `db`. Dates are whole days here
-- (run.sh makes the data so). The last statement gives code, verdict and how many.

CREATE MACRO day() AS DATE '2026-06-30';
CREATE MACRO months(a, b) AS date_diff('month', a, b) - CASE WHEN a + to_months(CAST(date_diff('month', a, b) AS INTEGER)) > b THEN 1 ELSE 0 END;

CREATE TEMP TABLE s AS
SELECT case_id, kind, CAST("start" AS DATE) AS b, CAST(coalesce("end", "start") AS DATE) AS e, step_id AS id, due, present, ayes, result
FROM db.step
WHERE kind IN ('动议', '会议推荐', '谈话推荐', '确定考察对象', '考察', '讨论决定', '复议', '任前公示', '任职通知', '到岗', '试用期满考核');
-- The latest step of each kind of a case: by start, then end, then key.
CREATE TEMP TABLE latest AS
SELECT * FROM s QUALIFY row_number() OVER (PARTITION BY case_id, kind ORDER BY b DESC, e DESC, id DESC) = 1;
CREATE TEMP TABLE decision AS
SELECT case_id, e AS decided FROM (
  SELECT * FROM latest WHERE kind IN ('讨论决定', '复议')
  QUALIFY row_number() OVER (PARTITION BY case_id ORDER BY b DESC, e DESC, id DESC) = 1)
WHERE coalesce(result, '') NOT IN ('未通过', '不同意');

CREATE TEMP TABLE level(name VARCHAR, n INTEGER);
INSERT INTO level VALUES ('国家级正职', 0), ('国家级副职', 1), ('省部级正职', 2), ('省部级副职', 3), ('厅局级正职', 4), ('厅局级副职', 5),
  ('县处级正职', 6), ('县处级副职', 7), ('乡科级正职', 8), ('乡科级副职', 9), ('科员级', 10), ('办事员级', 11);
CREATE TEMP TABLE rank_level(name VARCHAR, n INTEGER);
INSERT INTO rank_level VALUES ('一级巡视员', 4), ('二级巡视员', 5), ('一级调研员', 6), ('二级调研员', 6), ('三级调研员', 7), ('四级调研员', 7),
  ('一级主任科员', 8), ('二级主任科员', 8), ('三级主任科员', 9), ('四级主任科员', 9), ('一级科员', 10), ('二级科员', 11);

CREATE TEMP TABLE c AS
SELECT k.case_id, k.person_id, k.kind, k.mode, k.chief = 1 AS chief, k.committee, k.exception, coalesce(k.reshuffle, 0) = 1 AS reshuffle, l.n AS lv,
  (k.kind = '提拔' AND k.leader = 1) AS promoted, d.decided, u.kind AS unit_kind, a.b AS appointed, r.b AS arrived
FROM db."case" k
LEFT JOIN decision d USING (case_id)
LEFT JOIN (SELECT case_id, b FROM latest WHERE kind = '任职通知') a USING (case_id)
LEFT JOIN (SELECT case_id, b FROM latest WHERE kind = '到岗') r USING (case_id)
LEFT JOIN level l ON l.name = k.level
LEFT JOIN db.unit u ON u.unit_id = k.unit_id
WHERE coalesce(k.status, '') <> '终止';

CREATE TEMP TABLE p AS
SELECT post.post_id, post.person_id, post.unit_id, post.title, l.n AS lv, post.leader = 1 AND post.kind IN ('任职', '主持工作', '试任') AS leads,
  post.chief = 1 AS chief, post.kind IN ('任职', '主持工作', '试任') AS office, CAST(post."start" AS DATE) AS b,
  CAST(coalesce(post."end", '9999-01-01') AS DATE) AS e, post.case_id, u.kind AS unit_kind,
  coalesce(h.status, '') NOT IN ('退休', '调出', '辞职', '辞退', '开除', '去世') AS active
FROM db.post AS post LEFT JOIN level l ON l.name = post.level LEFT JOIN db.unit u ON u.unit_id = post.unit_id
LEFT JOIN db.person h ON h.person_id = post.person_id;
CREATE TEMP TABLE g AS
SELECT rank.person_id, n AS lv, CAST("start" AS DATE) AS b, CAST(coalesce("end", '9999-01-01') AS DATE) AS e
FROM db.rank AS rank JOIN rank_level ON name = rank.rank;
CREATE TEMP TABLE talk AS SELECT person_id, kind, CAST(date AS DATE) AS d FROM db.talk WHERE kind IN ('任前谈话', '提拔谈话', '交流谈话', '调整谈话');
CREATE TEMP TABLE audit AS SELECT person_id, CAST(reported AS DATE) AS d FROM db.audit WHERE kind = '任前' AND reported IS NOT NULL;

-- Working days up to each day, that day counted.
CREATE TEMP TABLE workdays AS
SELECT d, sum(CASE WHEN h.kind = 'work' THEN 1 WHEN h.kind = 'off' THEN 0 WHEN isodow(d) <= 5 THEN 1 ELSE 0 END) OVER (ORDER BY d) AS n
FROM (SELECT CAST(unnest(generate_series(DATE '2004-01-01', DATE '2026-12-31', INTERVAL 1 DAY)) AS DATE) AS d)
LEFT JOIN (SELECT CAST(date AS DATE) AS d, kind FROM read_csv('rules/calendar/holidays.csv', header = true, all_varchar = true)) h USING (d);

CREATE TEMP TABLE gs002 AS
SELECT CASE WHEN b >= DATE '2014-01-14' AND z.n - a.n < 5 THEN '违规'
  WHEN b >= DATE '2002-07-09' AND b < DATE '2014-01-14' AND e - b + 1 < 7 THEN '提醒' END AS verdict
FROM latest JOIN c USING (case_id) LEFT JOIN workdays a ON a.d = b - 1 LEFT JOIN workdays z ON z.d = e WHERE latest.kind = '任前公示';

CREATE TEMP TABLE stages AS
SELECT case_id, 1 AS n, b, e FROM latest WHERE kind = '动议'
UNION ALL SELECT case_id, 2, min(b), max(e) FROM latest WHERE kind IN ('会议推荐', '谈话推荐') GROUP BY case_id
UNION ALL SELECT case_id, 3, b, e FROM latest WHERE kind = '确定考察对象'
UNION ALL SELECT case_id, 4, b, e FROM latest WHERE kind = '考察'
UNION ALL SELECT case_id, 5, b, e FROM latest WHERE kind = '讨论决定'
UNION ALL SELECT case_id, 6, b, e FROM latest JOIN c USING (case_id) WHERE latest.kind = '任前公示' AND NOT reshuffle
UNION ALL SELECT case_id, 7, b, e FROM latest WHERE kind = '任职通知';

CREATE TEMP TABLE sy001 AS
SELECT CASE WHEN day() > due THEN '提醒' WHEN day() >= due - 30 THEN '预警' END AS verdict FROM (
  SELECT c.*, CAST(appointed + INTERVAL 1 YEAR AS DATE) AS full_year, CAST(appointed + INTERVAL 1 YEAR AS DATE) + 30 AS due FROM c
  WHERE promoted AND mode IN ('委任', '公开选拔', '竞争上岗') AND lv >= 4 AND committee IS NULL AND NOT chief
    AND appointed BETWEEN DATE '2001-02-06' AND day()) x
WHERE NOT EXISTS (SELECT 1 FROM p WHERE p.case_id = x.case_id AND p.e < x.full_year)
  AND NOT EXISTS (SELECT 1 FROM s WHERE s.case_id = x.case_id AND s.kind = '试用期满考核' AND s.b <= x.due);

CREATE TEMP TABLE up AS SELECT * FROM c WHERE promoted AND lv BETWEEN 0 AND 7 AND exception IS NULL AND decided IS NOT NULL;
CREATE TEMP TABLE held AS
SELECT case_id, min(lv) AS lv FROM (
  SELECT up.case_id, p.lv FROM up JOIN p USING (person_id)
  WHERE p.office AND p.case_id IS DISTINCT FROM up.case_id AND p.b <= decided AND p.e >= decided
  UNION ALL SELECT up.case_id, g.lv FROM up JOIN g USING (person_id) WHERE g.b <= decided AND g.e >= decided)
GROUP BY case_id;
CREATE TEMP TABLE served AS
WITH spans AS (
  SELECT up.case_id, coalesce(d.decided, p.b) AS b, least(p.e + 1, up.decided) AS e FROM up JOIN p USING (person_id)
  LEFT JOIN decision d ON d.case_id = p.case_id WHERE p.office AND p.lv = up.lv + 1
  UNION ALL SELECT up.case_id, g.b, least(g.e + 1, up.decided) FROM up JOIN g USING (person_id) WHERE g.lv = up.lv + 1),
marked AS (SELECT *, CASE WHEN b > max(e) OVER w THEN 1 ELSE 0 END AS apart FROM spans WHERE b < e
  WINDOW w AS (PARTITION BY case_id ORDER BY b, e ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING)),
islands AS (SELECT *, sum(apart) OVER (PARTITION BY case_id ORDER BY b, e ROWS UNBOUNDED PRECEDING) AS i FROM marked)
SELECT case_id, sum(m) AS m FROM (SELECT case_id, months(min(b), max(e)) AS m FROM islands GROUP BY case_id, i) GROUP BY case_id;

CREATE TEMP TABLE spell AS
WITH marked AS (SELECT *, CASE WHEN b <= lag(e) OVER w + 1 THEN 0 ELSE 1 END AS apart FROM p
  WINDOW w AS (PARTITION BY person_id, unit_id, title ORDER BY b, e, post_id)),
runs AS (SELECT *, sum(apart) OVER (PARTITION BY person_id, unit_id, title ORDER BY b, e, post_id) AS i FROM marked)
SELECT first_b AS b, e, lv, leads, chief, unit_kind, active FROM (
  SELECT *, min(b) OVER r AS first_b, row_number() OVER (PARTITION BY person_id, unit_id, title, i ORDER BY b DESC, e DESC, post_id DESC) AS back
  FROM runs WINDOW r AS (PARTITION BY person_id, unit_id, title, i))
WHERE back = 1;
CREATE MACRO bound(leads, chief, lv, unit_kind) AS leads AND lv <= 7
  AND (unit_kind IN ('党委', '政府') OR chief AND unit_kind IN ('纪委监委', '法院', '检察院'));

CREATE TEMP TABLE leaders AS SELECT *, bound(leads, chief, lv, unit_kind) AS bound FROM p WHERE leads AND b <= day() AND e >= day() AND active;
CREATE TEMP TABLE top AS SELECT person_id, min(lv) AS lv, bool_or(bound) AS bound FROM leaders GROUP BY person_id HAVING min(lv) <= 9;
CREATE TEMP TABLE rq002 AS
WITH spans AS (SELECT person_id, p.b, p.e + 1 AS e FROM p JOIN top USING (person_id) WHERE p.leads AND p.lv = top.lv AND p.b <= p.e),
marked AS (SELECT *, CASE WHEN b > max(e) OVER w THEN 1 ELSE 0 END AS apart FROM spans
  WINDOW w AS (PARTITION BY person_id ORDER BY b, e ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING)),
islands AS (SELECT *, sum(apart) OVER (PARTITION BY person_id ORDER BY b, e ROWS UNBOUNDED PRECEDING) AS i FROM marked),
merged AS (SELECT person_id, min(b) AS b, months(min(b), max(e)) AS m FROM islands GROUP BY person_id, i),
added AS (SELECT *, sum(m) OVER (PARTITION BY person_id ORDER BY b) AS total FROM merged),
reached AS (SELECT person_id, min(CAST(b + to_months(CAST(180 - (total - m) AS INTEGER)) AS DATE)) AS due FROM added
  WHERE total >= 180 AND total - m < 180 GROUP BY person_id)
SELECT CASE WHEN day() >= due THEN CASE WHEN bound THEN '违规' ELSE '提醒' END WHEN day() >= due - 180 THEN '预警' END AS verdict
FROM reached JOIN top USING (person_id);

SELECT code, verdict, count(*) AS n FROM (
  SELECT 'GS002' AS code, verdict FROM gs002
  UNION ALL SELECT 'SY001', verdict FROM sy001
  UNION ALL SELECT 'JD003', CASE WHEN present * 3 < due * 2 THEN '违规' END FROM latest JOIN c USING (case_id) WHERE latest.kind = '讨论决定'
  UNION ALL SELECT 'JD004', CASE WHEN ayes * 2 <= due AND coalesce(result, '') NOT IN ('未通过', '不同意') THEN '违规' END
    FROM latest JOIN c USING (case_id) WHERE latest.kind = '讨论决定'
  UNION ALL SELECT 'SX001', CASE WHEN b < before THEN '违规' END
    FROM (SELECT b, lag(e) OVER (PARTITION BY case_id ORDER BY n) AS before FROM stages JOIN c USING (case_id))
  UNION ALL SELECT 'RZ001', '提醒' FROM (SELECT *, coalesce(arrived, appointed + 15) AS last_day FROM c) x
    WHERE promoted AND appointed IS NOT NULL AND day() > last_day AND NOT EXISTS (
      SELECT 1 FROM talk t WHERE t.person_id = x.person_id AND t.kind IN ('任前谈话', '提拔谈话') AND t.d <= last_day
        AND t.d >= coalesce(x.decided, DATE '0001-01-01'))
  UNION ALL SELECT CASE WHEN up.lv % 2 = 0 THEN 'ZG004' ELSE 'ZG005' END, '违规'
    FROM up JOIN held USING (case_id) LEFT JOIN served USING (case_id)
    WHERE held.lv = up.lv + 1 AND coalesce(m, 0) < CASE WHEN up.lv % 2 = 0 THEN 24 ELSE 36 END
  UNION ALL SELECT 'RQ001', CASE WHEN day() >= due THEN '违规' WHEN day() >= due - 180 THEN '预警' END
    FROM (SELECT *, CAST(b + INTERVAL 10 YEAR AS DATE) AS due FROM spell)
    WHERE b <= day() AND e >= day() AND active AND bound(leads, chief, lv, unit_kind)
  UNION ALL SELECT 'RQ002', verdict FROM rq002
  UNION ALL SELECT 'TH001', '提醒' FROM c WHERE kind IN ('提拔', '交流', '平级调整') AND appointed + 15 < day()
    AND NOT EXISTS (SELECT 1 FROM talk t WHERE t.person_id = c.person_id AND t.d BETWEEN appointed - 15 AND appointed + 15)
  UNION ALL SELECT 'SJ001', '提醒' FROM c WHERE (promoted OR kind = '交流') AND chief AND unit_kind = '乡镇' AND decided IS NOT NULL
    AND NOT EXISTS (SELECT 1 FROM audit a WHERE a.person_id = c.person_id
      AND a.d BETWEEN CAST(decided - INTERVAL 12 MONTH AS DATE) AND decided))
WHERE verdict IS NOT NULL GROUP BY ALL ORDER BY ALL;
