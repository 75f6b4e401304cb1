"""The SQL of the costing: one method for data frames and for parquet files.

The inputs are made by `sources`: records, stays_given, people, visits, and the small tables
items, days, pieces, segments, covers, counted, periods, interviews. Every join is a left join of a
large table to a smaller one, so that lines come out in the order in which records were handed over
(`sources.connect` forbids the optimiser to exchange the two).
"""

NO_SUCH_PARTICIPANT = "no such participant"
NO_SUCH_PERIOD = "no such period"
NO_TIME = "neither a period nor a date, or both"
# A record without a quantity: the question was put and not answered, which is not zero.
UNANSWERED = "asked, not answered"
FAULTS = (NO_SUCH_PARTICIPANT, NO_SUCH_PERIOD, NO_TIME)

PEOPLE = """
CREATE TEMP TABLE people AS
SELECT position, participant_id, arm, index_date,
       (death_date - index_date)::INTEGER AS death_day,
       (death_date - index_date) / days_a_year() AS death_years,
       (follow_up_end - index_date) / days_a_year() AS followed_years
FROM participants_given
"""

# A night belongs to the day on which it begins. A stay without an end lasts to the horizon, or to
# death; one with an end keeps it, and its parts are cut there.
STAYS = """
CREATE TEMP TABLE stays AS
SELECT *, greatest(0, least(last_day, death_day)) AS limit_day,
       coalesce(end_given, greatest(start_day, least(last_day, death_day))) AS end_day
FROM (
    SELECT s.row, s.record_id, s.participant_id, s.item, s.start_date, p.position, p.arm,
           p.index_date, p.death_day, (s.start_date - p.index_date)::INTEGER AS start_day,
           (s.end_date - p.index_date)::INTEGER AS end_given,
           (SELECT max(end_day) FROM segments) AS last_day
    FROM stays_given s LEFT JOIN people p ON p.participant_id = s.participant_id
)
"""

# Each stay cut at the horizon or death, and where one segment of time ends and the next begins.
STAY_PARTS = """
CREATE TEMP TABLE stay_parts AS
SELECT *, count(*) OVER (PARTITION BY row) AS parts,
       row_number() OVER (PARTITION BY row ORDER BY from_day) AS number
FROM (
    SELECT s.row, s.record_id, s.participant_id, s.arm, s.item, s.index_date, g.period,
           greatest(s.start_day, g.start_day) AS from_day,
           least(s.end_day, s.limit_day, g.end_day) AS to_day
    FROM stays s JOIN segments g
      ON g.start_day < least(s.end_day, s.limit_day) AND g.end_day > s.start_day
    JOIN items i ON i.item = s.item
    WHERE i.replaced_by IS NULL
)
WHERE to_day > from_day
"""

# Dated records on a day spent in a bed whose price includes them.
COVERED = """
CREATE TEMP TABLE covered AS
SELECT r.record_id, min(s.item) AS bed
FROM records r
JOIN covers c ON c.item = r.item
JOIN stays s ON s.participant_id = r.participant_id AND s.item = c.bed
    AND r.date >= s.start_date AND r.date < s.index_date + s.end_day
GROUP BY r.record_id
"""

# The pieces of a period come as a list of their numbers, because a list keeps its order and a join
# to several rows does not.
PIECE_LISTS = """
CREATE TEMP TABLE piece_lists AS
SELECT period, list(piece ORDER BY piece) AS pieces FROM pieces GROUP BY period
"""

# A count for a period is spread evenly over the part of the period that the participant lived.
RECORDS_VALUED = f"""
CREATE TEMP VIEW records_valued AS
SELECT r.record_id, r.participant_id, p.arm, r.item, i.category, i.payer, i.source_group,
       coalesce(r.period, d.period) AS period, r.date, r.quantity AS recorded,
       i.unit, i.unit_cost, i.price_year, i.inflation, coalesce(k.part, 0) AS part,
       coalesce(k.first, true) AS first, coalesce(k.alone, true) AS alone,
       CASE WHEN k.period IS NULL THEN 1
            WHEN p.death_years < k.period_end
            THEN greatest(0, (least(k.end_years, p.death_years) - k.start_years)
                             / (p.death_years - k.period_start))
            ELSE k.share END AS share,
       coalesce((k.period_end - k.period_start) / i.recall_years, 1) AS scale,
       CASE WHEN k.period IS NULL THEN d.discount
            WHEN p.death_years > k.start_years AND p.death_years < k.end_years
            THEN discount_between(k.start_years, p.death_years)
            ELSE k.discount END AS discount,
       CASE WHEN p.participant_id IS NULL THEN '{NO_SUCH_PARTICIPANT}'
            WHEN (r.period IS NULL) = (r.date IS NULL) THEN '{NO_TIME}'
            WHEN r.period IS NOT NULL AND k.period IS NULL THEN '{NO_SUCH_PERIOD}'
            WHEN i.replaced_by IS NOT NULL THEN 'the same use is counted as ' || i.replaced_by
            WHEN r.date IS NULL AND p.death_years <= k.period_start THEN 'after death'
            WHEN r.date IS NULL AND NOT k.inside THEN 'after the horizon'
            WHEN r.date IS NULL THEN CASE WHEN r.quantity IS NULL THEN '{UNANSWERED}' END
            WHEN r.date - p.index_date > p.death_day THEN 'after death'
            WHEN d.day IS NULL AND r.date < p.index_date THEN 'before the index date'
            WHEN d.day IS NULL THEN 'after the horizon'
            WHEN c.bed IS NOT NULL THEN 'included in the price of ' || c.bed
            WHEN r.quantity IS NULL THEN '{UNANSWERED}'
       END AS reason
FROM (
    SELECT n.*, unnest(coalesce(l.pieces, [NULL])) AS piece
    FROM records n LEFT JOIN piece_lists l ON l.period = n.period
) r
LEFT JOIN people p ON p.participant_id = r.participant_id
LEFT JOIN items i ON i.item = r.item
LEFT JOIN days d ON d.day = r.date - p.index_date
LEFT JOIN pieces k ON k.piece = r.piece
LEFT JOIN covered c ON c.record_id = r.record_id
"""

# Where no price includes another item, looking up ten million records in nothing is spared.
RECORDS_VALUED_WITHOUT_COVERS = RECORDS_VALUED.replace(
    "LEFT JOIN covered c ON c.record_id = r.record_id\n", ""
).replace("c.bed", "NULL::VARCHAR")

LEDGER = """
SELECT record_id, participant_id, arm, item, category, payer, period, date, quantity, unit,
       unit_cost, price_year, inflation, discount,
       quantity * unit_cost * inflation * discount AS cost, source_group, scale, part
FROM (
    SELECT CASE WHEN part > 0 THEN record_id || '/' || part ELSE record_id END AS record_id,
           participant_id, arm, item, category, payer, period, date,
           recorded * share * scale AS quantity, unit, unit_cost, price_year, inflation,
           discount, source_group, scale, part
    FROM records_valued WHERE reason IS NULL AND share > 0
    UNION ALL
    SELECT CASE WHEN parts > 1 THEN record_id || '/' || number ELSE record_id END,
           participant_id, arm, item, category, payer, period, date,
           nights, unit, unit_cost, price_year, inflation,
           discount, source_group, 1.0, CASE WHEN parts > 1 THEN number ELSE 0 END
    FROM stays_valued
)
"""

STAYS_VALUED = """
CREATE TEMP TABLE stays_valued AS
SELECT t.record_id, t.participant_id, t.arm, t.item, i.category, i.payer, t.period,
       t.index_date + t.from_day::INTEGER AS date,
       (t.to_day - t.from_day)::DOUBLE AS nights, i.unit, i.unit_cost, i.price_year, i.inflation,
       discount_between(t.from_day / days_a_year(), t.to_day / days_a_year()) AS discount,
       i.source_group, t.parts::INTEGER AS parts, t.number::INTEGER AS number
FROM stay_parts t LEFT JOIN items i ON i.item = t.item
ORDER BY t.row, t.number
"""

SET_ASIDE = """
CREATE TEMP TABLE set_aside AS
SELECT record_id, participant_id, item, reason, quantity, whole, period
FROM (
    SELECT record_id, participant_id, item, reason, period,
           CASE WHEN reason = 'after the horizon' THEN recorded * share ELSE recorded END
               AS quantity,
           reason <> 'after the horizon' OR alone AS whole
    FROM records_valued
    WHERE reason IS NOT NULL
      AND CASE WHEN reason = 'after the horizon' THEN share > 0 ELSE first END
    UNION ALL
    SELECT record_id, participant_id, item, reason, NULL, quantity, whole FROM nights_not_valued
)
"""

RECORDS_SET_ASIDE = "SELECT * EXCLUDE (period) FROM set_aside"

# Nights that were not valued, by reason; `whole` once for a stay of which nothing was valued.
NIGHTS_NOT_VALUED = """
CREATE TEMP TABLE nights_not_valued AS
WITH counted_nights AS (
    SELECT row, sum(to_day - from_day) AS nights, sum(least(to_day, 0) - least(from_day, 0))
        AS nights_before
    FROM stay_parts GROUP BY row
), cuts AS (
    SELECT s.*, i.replaced_by, coalesce(n.nights, 0) AS nights,
           greatest(0, s.end_day - greatest(s.start_day, s.limit_day)) AS nights_after,
           least(s.end_day, 0) - least(s.start_day, 0) - coalesce(n.nights_before, 0)
               AS nights_before,
           CASE WHEN s.death_day < s.last_day THEN 'after death' ELSE 'after the horizon' END
               AS reason_after
    FROM stays s LEFT JOIN items i ON i.item = s.item LEFT JOIN counted_nights n ON n.row = s.row
), reasons AS (
    SELECT *, 'the same use is counted as ' || replaced_by AS reason, end_day - start_day AS cut,
           0 AS step FROM cuts WHERE replaced_by IS NOT NULL
    UNION ALL
    SELECT *, 'a stay without a night', 0, 1 FROM cuts
    WHERE replaced_by IS NULL AND end_day = start_day AND start_day < limit_day
    UNION ALL
    SELECT *, 'before the index date', nights_before, 2 FROM cuts
    WHERE replaced_by IS NULL AND nights_before > 0
    UNION ALL
    SELECT *, reason_after, nights_after, 3 FROM cuts
    WHERE replaced_by IS NULL
      AND (nights_after > 0 OR (end_day = start_day AND start_day >= limit_day))
)
SELECT record_id, participant_id, item, reason, cut::DOUBLE AS quantity,
       nights = 0 AND row_number() OVER (PARTITION BY row ORDER BY step) = 1 AS whole
FROM reasons ORDER BY row, step
"""

# A cell is one combination of period, perspective, source group and category.
CELLS = """
CREATE TEMP TABLE cells AS
SELECT row_number() OVER (ORDER BY q.period_order NULLS LAST, c.perspective_order, c.source_group,
                                   c.category) - 1 AS cell,
       q.period, c.perspective, c.source_group, c.category
FROM (SELECT DISTINCT perspective, perspective_order, source_group, category FROM counted) c
CROSS JOIN (SELECT period, period_order FROM periods UNION ALL SELECT NULL, NULL) q;
CREATE TEMP TABLE cells_of_items AS
SELECT c.item, coalesce(k.period, '') AS period, k.cell
FROM counted c JOIN cells k USING (perspective, source_group, category);
SET VARIABLE cells = (SELECT count(*) FROM cells);
"""

# Sums are taken in decimals: floating point would give other last digits on other cores. One whole
# number stands for participant and cell, because grouping and sorting by it is cheap.
PARTICIPANT_COSTS = """
SELECT p.participant_id, p.arm, k.period, k.perspective, k.source_group, k.category,
       t.cost::DOUBLE AS cost
FROM (
    SELECT key, sum(cost::DECIMAL(38, 9)) AS cost
    FROM (SELECT p.position * getvariable('cells') + c.cell AS key, l.cost
          FROM ledger l
          LEFT JOIN people p ON p.participant_id = l.participant_id
          JOIN cells_of_items c ON c.item = l.item AND c.period = coalesce(l.period, ''))
    GROUP BY key ORDER BY key
) t
LEFT JOIN people p ON p.position = t.key // getvariable('cells')
LEFT JOIN cells k ON k.cell = t.key % getvariable('cells')
"""

# What price ranges and posterior quantities rest on: a participant's cost of each item.
ITEM_COSTS = """
SELECT participant_id, item, period, sum(cost::DECIMAL(38, 9))::DOUBLE AS cost
FROM ledger GROUP BY participant_id, item, period ORDER BY participant_id, item, period
"""

# An interview that death forestalled is not missing: nothing was used after death.
# Records stop where follow-up was ended by the calendar; dates are read to the day.
SEEN = """
CREATE TEMP TABLE seen AS
SELECT p.participant_id, p.position, g.source_group, g.group_order, q.period, q.period_order,
       coalesce(p.death_years <= q.start_years, false) AS dead,
       CASE g.source_group
            WHEN 'records' THEN coalesce(p.followed_years + 1 / days_a_year() >= q.end_years, true)
                                OR coalesce(p.death_years <= p.followed_years, false)
            WHEN 'given' THEN true
            ELSE coalesce(v.status IN ('attended', 'dead'), false)
                 OR coalesce(p.death_years <= q.visit_years, false)
       END AS seen
FROM people p
CROSS JOIN source_groups g
CROSS JOIN periods q
LEFT JOIN visits v ON v.participant_id = p.participant_id AND v.visit = q.visit
"""

# Whether each item has an answer in a period: false where one of its records has no quantity. What
# was valued is known from the costs by item, which the ledger was added up to.
ANSWERS = f"""
CREATE TEMP TABLE unanswered AS
SELECT DISTINCT participant_id, item, period FROM set_aside WHERE reason = '{UNANSWERED}';
CREATE TEMP TABLE answers AS
SELECT participant_id, item, period, true AS answered FROM item_costs c
WHERE NOT EXISTS (FROM unanswered u WHERE u.participant_id = c.participant_id
                  AND u.item = c.item AND u.period IS NOT DISTINCT FROM c.period)
UNION ALL SELECT *, false FROM unanswered
"""

# Each item of each living participant in each period. No row means zero where the zero rule has
# the item; an item that nobody has a row of in a period was not asked about there.
ITEM_STATES = """
CREATE TEMP VIEW item_states AS
SELECT s.participant_id, s.source_group, s.period, s.period_order, i.item,
       CASE WHEN a.answered THEN 'answered'
            WHEN NOT a.answered THEN 'not answered'
            WHEN NOT s.seen THEN 'not asked'
            WHEN i.zero THEN 'zero by rule'
            WHEN k.item IS NULL THEN 'not asked'
            ELSE 'not answered' END AS state
FROM seen s
JOIN items i ON i.source_group = s.source_group AND i.replaced_by IS NULL
LEFT JOIN answers a
    ON a.participant_id = s.participant_id AND a.item = i.item AND a.period = s.period
LEFT JOIN (SELECT DISTINCT item, period FROM answers) k
    ON k.item = i.item AND k.period = s.period
WHERE NOT s.dead
"""

# A dated question without a period leaves every period of its source group open.
NOT_ANSWERED = """
CREATE TEMP TABLE not_answered AS
SELECT DISTINCT participant_id, source_group, period FROM item_states
WHERE state = 'not answered'
UNION
SELECT DISTINCT a.participant_id, i.source_group, NULL
FROM answers a JOIN items i ON i.item = a.item
WHERE a.period IS NULL AND NOT a.answered
"""

COST_OBSERVED = """
SELECT s.participant_id, s.source_group, s.period,
       s.seen AND n.participant_id IS NULL AND o.participant_id IS NULL AS observed
FROM seen s
LEFT JOIN not_answered n ON n.participant_id = s.participant_id
    AND n.source_group = s.source_group AND n.period = s.period
LEFT JOIN not_answered o ON o.participant_id = s.participant_id
    AND o.source_group = s.source_group AND o.period IS NULL
ORDER BY s.position, s.group_order, s.period_order
"""

ITEM_ANSWERS = """
SELECT item, source_group, period, count(*) AS participants,
       count(*) FILTER (WHERE state = 'answered') AS answered,
       count(*) FILTER (WHERE state = 'zero by rule') AS zero_by_rule,
       count(*) FILTER (WHERE state = 'not answered') AS not_answered,
       count(*) FILTER (WHERE state = 'not asked') AS not_asked
FROM item_states GROUP BY item, source_group, period, period_order ORDER BY item, period_order
"""

ITEM_TOTALS = """
SELECT item, count(*) AS lines, sum(quantity::DECIMAL(38, 9))::DOUBLE AS quantity FROM ledger
GROUP BY item
"""

FAULTY_ROWS = f"""
SELECT reason, min(row) AS row, count(*) AS rows, arg_min(participant_id, row) AS participant_id,
       arg_min(period, row) AS period
FROM (SELECT * FROM (SELECT record_id, row_number() OVER () + 1 AS row FROM records) n
      JOIN (SELECT DISTINCT record_id, participant_id, period, reason FROM records_valued
            WHERE reason IN {FAULTS}) f
      USING (record_id))
GROUP BY reason ORDER BY row
"""

FAULTY_STAYS = """
SELECT row, 'participant_id' AS column_name, participant_id AS found, 'unknown' AS fault
FROM stays WHERE position IS NULL
UNION ALL
SELECT row, 'end_date', (index_date + end_given)::VARCHAR, start_date::VARCHAR
FROM stays WHERE end_given < start_day
UNION ALL
SELECT row, 'start_date', start_date::VARCHAR, before_id
FROM (SELECT *, max(end_day) OVER w AS before_end, arg_max(record_id, end_day) OVER w AS before_id
      FROM stays
      WINDOW w AS (PARTITION BY participant_id ORDER BY start_day, end_day, row
                   ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING))
WHERE start_day < before_end
UNION ALL
SELECT s.row, 'record_id', s.record_id, 'twice'
FROM records r JOIN stays s ON s.record_id = r.record_id
ORDER BY row
"""

# Of items without a price, given as a list.
AT_STAKE = """
SELECT item, coalesce(sum(quantity), 0)::DOUBLE, count(DISTINCT participant_id) FROM (
    SELECT item, participant_id, quantity FROM records UNION ALL
    SELECT item, participant_id, date_diff('day', start_date, end_date)::DOUBLE FROM stays_given
) WHERE list_contains($unpriced, item) GROUP BY item
"""

ITEMS_USED = """
SELECT item, file, row, rows FROM (
    SELECT item, 'resource_use' AS file, min(row) AS row, count(*) AS rows FROM records_numbered
    GROUP BY item UNION ALL
    SELECT item, 'episodes', min(row), count(*) FROM stays_given GROUP BY item
) ORDER BY file DESC, row
"""
