"""Item statistics over everybody's attempts, in one statement."""

from __future__ import annotations

from django.db import connection

from exams.domain.item_analysis import ItemStatistics, ItemSums, statistics

# One pass over first looks of scored exam-mode attempts. The rest score leaves the item itself
# out where it was scored; forms differ, so it is a share, not a count.
_SUMS = """
SELECT question, COUNT(*), SUM(x), SUM(x * x), SUM(r), SUM(r * r), SUM(x * r) FROM (
    SELECT revision.question_id AS question,
           item.awarded AS x,
           CASE WHEN item.unscored THEN 1.0 * result.raw / result.maximum
                ELSE 1.0 * (result.raw - item.awarded) / NULLIF(result.maximum - 1, 0)
           END AS r
    FROM exams_attempt attempt
    JOIN exams_result result ON result.attempt_id = attempt.id
        AND result.version = (
            SELECT MAX(version) FROM exams_result WHERE attempt_id = attempt.id)
    JOIN exams_attemptitem item ON item.attempt_id = attempt.id
    JOIN questions_questionrevision revision ON revision.id = item.revision_id
    WHERE attempt.state = 'scored' AND attempt.mode = 'exam'
        AND attempt.user_id IS NOT NULL AND NOT attempt.is_simulated
        AND result.maximum > 1
        AND item.first_look AND item.awarded IS NOT NULL
) AS answers GROUP BY question
"""


def item_statistics() -> dict[int, ItemStatistics]:
    """Statistics by question id; visitors' and simulated attempts and repeats do not count."""
    with connection.cursor() as cursor:
        cursor.execute(_SUMS)
        rows = cursor.fetchall()
    return {
        question: statistics(ItemSums(question, n, *(float(value) for value in sums)))
        for question, n, *sums in rows
    }
