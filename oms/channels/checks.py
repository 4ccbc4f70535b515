"""What must hold of imports on any database."""

from oms.kernel.checks import Check

_IMPORTS = "SELECT count(*) FROM import"

CHECKS = [
    Check(
        "imports.rows_at_hand",
        "an import that is not over has every chunk of its rows, one that is over keeps none",
        """SELECT import.id::text FROM import
           LEFT JOIN import_chunk ON import_chunk.import_id = import.id
           GROUP BY import.id
           HAVING count(import_chunk.place)
               <> CASE WHEN import.ended_at IS NULL THEN import.chunks ELSE 0 END""",
        _IMPORTS,
    ),
    Check(
        "imports.refusals_told",
        "of every row that was refused it is told why, and of no other",
        """SELECT import.id::text FROM import
           LEFT JOIN import_problem ON import_problem.import_id = import.id
           GROUP BY import.id HAVING count(DISTINCT import_problem.line) <> import.refused""",
        _IMPORTS,
    ),
    Check(
        "imports.go_on",
        "an import that is not over has its next step owed",
        """SELECT import.id::text FROM import
           LEFT JOIN job ON job.status = 'due'
               AND job.key = 'import:' || import.id || ':' || import.next_chunk
           WHERE import.ended_at IS NULL AND job.id IS NULL""",
        _IMPORTS,
    ),
]
