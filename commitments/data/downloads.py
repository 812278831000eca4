"""The tables as files: CSV, JSON Lines, XLSX, whole or narrowed as the list of commitments is."""

from collections.abc import Iterator

from django.http import FileResponse, HttpRequest, HttpResponse, StreamingHttpResponse
from django.utils import timezone
from django.views.generic import View

from commitments.data import narrowing
from commitments.data.problems import Missing, ProblemMixin, problem
from commitments.data.tables import TABLES, Table, ordered, rows
from commitments.data.tables.fields import Row
from commitments.data.writing import FORMATS, lines, workbook
from commitments.rules.spreadsheets.writing import TooLong


class TableView(ProblemMixin, View):
    """A table, in the format that its address ends with; streamed row by row, so that its length costs no memory."""

    def get(self, request: HttpRequest, table: str, form: str) -> HttpResponse | StreamingHttpResponse | FileResponse:
        """Answer with the file. Raises Missing for an unknown table or format."""
        if table not in TABLES or form not in FORMATS:
            raise Missing(f"There is no {table}.{form} here.")
        asked = TABLES[table]
        narrowing.refuse_unknown(request.GET, narrowing.allowed(asked))
        found = self.narrowed(asked)
        name = f"{table}-{(self.reading.known_on or timezone.localdate()).isoformat()}.{form}"
        if form != "xlsx":
            answer = StreamingHttpResponse(lines(asked, found, form), content_type=FORMATS[form].content_type)
            answer["Content-Disposition"] = f'attachment; filename="{name}"'
            return answer
        try:
            return FileResponse(
                workbook(asked, found), as_attachment=True, filename=name, content_type=FORMATS[form].content_type
            )
        except TooLong:
            return problem(
                413, "", "A sheet holds 1,048,576 rows: take the CSV or the JSON Lines file, or narrow the table."
            )

    def narrowed(self, table: Table) -> Iterator[Row]:
        """Return the rows of `table` that the address asks for."""
        if table.stream is not None:
            return rows(table, self.reading)
        if table.name == "commitments":
            return rows(table, self.reading, only=narrowing.commitments(self.request.GET, self.catalogue))
        among = narrowing.narrowed(table, table.rows(self.reading), self.request.GET, self.reading)  # type: ignore[misc]
        return rows(table, self.reading, ordered(table, among))
