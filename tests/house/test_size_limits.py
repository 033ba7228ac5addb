"""No function is longer than a screen, no file longer than a sitting."""

from __future__ import annotations

import ast

from tests.house.source import ROOT, python_files

FUNCTION_LINES = 50
FILE_LINES = 400
EVERYTHING = ("config", "questions", "exams", "tests", "benchmarks")


def too_long(source: str) -> list[str]:
    """Functions of more lines than the limit, decorators not counted."""
    functions = [
        node
        for node in ast.walk(ast.parse(source))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
    ]
    lengths = {f.name: (f.end_lineno or f.lineno) - f.lineno + 1 for f in functions}
    return [f"{name}: {n} lines" for name, n in lengths.items() if n > FUNCTION_LINES]


def test_no_function_is_over_fifty_lines() -> None:
    found = {
        str(path.relative_to(ROOT)): long
        for path in python_files(*EVERYTHING)
        if (long := too_long(path.read_text()))
    }
    assert found == {}


def test_a_function_of_fifty_one_lines_is_found() -> None:
    body = "    pass\n" * FUNCTION_LINES
    assert too_long(f"def long():\n{body}") == ["long: 51 lines"]
    assert too_long(f"def fits():\n{body}".removesuffix("    pass\n")) == []


def test_no_file_is_over_four_hundred_lines() -> None:
    lengths = {
        str(path.relative_to(ROOT)): len(path.read_text().splitlines())
        for path in python_files(*EVERYTHING)
    }
    assert {name: n for name, n in lengths.items() if n > FILE_LINES} == {}
