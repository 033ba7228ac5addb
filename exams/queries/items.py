"""Item statistics over everybody's attempts, in one statement."""

from __future__ import annotations

from django.db import connection

from exams.domain.item_analysis import ItemStatistics, ItemSums, statistics

# One pass over first looks of scored exam-mode attempts, attempt by attempt. The rest score
# leaves the item itself out where it was scored; forms differ, so it is a share, not a count.
# The order of the join is written out (CROSS JOIN): left to itself SQLite looks up every item's
# attempt, which takes twenty times as long.
_SUMS = """
WITH sat AS MATERIALIZED (
    SELECT attempt.id, result.raw, result.maximum
    FROM exams_attempt attempt
    JOIN exams_result result ON result.attempt_id = attempt.id
    WHERE attempt.state = 'scored' AND attempt.mode = 'exam'
        AND attempt.user_id IS NOT NULL AND NOT attempt.is_simulated
        AND result.maximum > 1
        AND NOT EXISTS (
            SELECT 1 FROM exams_result newer
            WHERE newer.attempt_id = attempt.id AND newer.version > result.version)
),
by_revision AS (
    SELECT revision_id, COUNT(*) AS n, SUM(x) AS x, SUM(x * x) AS xx,
           SUM(r) AS r, SUM(r * r) AS rr, SUM(x * r) AS xr
    FROM (
        SELECT item.revision_id, item.awarded AS x,
               CASE WHEN item.unscored THEN 1.0 * sat.raw / sat.maximum
                    ELSE 1.0 * (sat.raw - item.awarded) / (sat.maximum - 1)
               END AS r
        FROM sat CROSS JOIN exams_attemptitem item
        WHERE item.attempt_id = sat.id AND item.first_look AND item.awarded IS NOT NULL
    ) answers
    GROUP BY revision_id
)
SELECT revision.question_id, SUM(n), SUM(x), SUM(xx), SUM(r), SUM(rr), SUM(xr)
FROM by_revision
JOIN questions_questionrevision revision ON revision.id = by_revision.revision_id
GROUP BY revision.question_id
"""


def item_statistics() -> dict[int, ItemStatistics]:
    """Statistics by question id; visitors' and simulated attempts and repeats do not count."""
    with connection.cursor() as cursor:
        cursor.execute(_SUMS)
        rows = cursor.fetchall()
    return {
        question: statistics(ItemSums(question, int(n), *(float(value) for value in sums)))
        for question, n, *sums in rows
    }
