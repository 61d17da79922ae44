"""Folders and queries as data: what runs again when they change, and when they cannot be read."""

from __future__ import annotations

import contextlib
import csv
import sqlite3

import pytest

from .conftest import Project

pytestmark = pytest.mark.workflow

PIGS = {"pigs: analysed", "pigs: report written"}


def test_a_folder_of_drops(project: Project):
    project.file("data/in").mkdir()
    project.file("data/pigs.csv").rename(project.file("data/in/a.csv"))
    project.edit("config.yaml", "{file: data/pigs.csv}", "{folder: data/in, duplicates: last}")
    run = project.run()
    assert run.code == 0, run.output
    assert run.jobs == PIGS
    assert "Nothing to be done" in project.run().output

    project.file("data/in/b.csv").write_text("id,weeks,weight\n1,4,41.5\n1,5,50.25\n")
    run = project.run()
    assert run.code == 0 and run.jobs == PIGS, run.output
    table = project.file("reports/pigs/tables/exclusions.csv").read_text()
    assert table == "reason,column,rows\nsuperseded,weeks,1\n"
    assert "The 2 files hold 62 rows" in project.file("reports/pigs/report.html").read_text()
    assert "Nothing to be done" in project.run().output

    published = project.snapshot("reports/pigs")
    project.file("data/in/c.csv").write_text("id,weeks,kg\n1,6,41.5\n")
    run = project.run()
    assert run.code == 1
    assert "c.csv: column weight is not in the file" in run.output
    assert project.snapshot("reports/pigs") == published
    project.file("data/in/c.csv").unlink()
    assert project.run().code == 0


def test_a_query(project: Project):
    def execute(*statements: str) -> None:
        with contextlib.closing(sqlite3.connect(project.file("study.db"))) as database, database:
            for statement in statements:
                database.execute(statement)

    with project.file("data/pigs.csv").open(newline="") as file:
        rows = [f"({', '.join(row)})" for row in list(csv.reader(file))[1:]]
    execute("create table v (id, weeks, weight)", f"insert into v values {', '.join(rows)}")
    query = '{url: "sqlite:///study.db", query: "select * from v"}'
    project.edit("config.yaml", "{file: data/pigs.csv}", f"{{sql: {query}}}")
    run = project.run()
    assert run.code == 0 and run.jobs == PIGS, run.output
    assert "Nothing to be done" in project.run().output

    # The same rows in another order are the same data.
    execute(
        "create table w as select * from v order by weight",
        "drop table v",
        "alter table w rename to v",
    )
    assert "Nothing to be done" in project.run().output

    execute("update v set weight = weight + 1 where id = 2 and weeks = 0")
    run = project.run()
    assert run.code == 0 and run.jobs == PIGS, run.output
    assert (
        len(project.file("reports/pigs/history.jsonl").read_text().splitlines()) == 3
    )  # the file, and two answers

    published = project.snapshot("reports/pigs")
    project.file("study.db").rename(project.file("gone.db"))
    run = project.run()
    assert run.code == 1 and "no such file: study.db" in run.output
    assert project.snapshot("reports/pigs") == published
    project.file("gone.db").rename(project.file("study.db"))
    assert project.run().code == 0
    assert "Nothing to be done" in project.run().output


def test_a_broken_contract_keeps_the_last_good_report(project: Project):
    published = project.snapshot("reports/pigs")
    rule = "    contract: {columns: {weight: {range: [0, 30]}}}\n"
    project.edit(
        "config.yaml", "    title: Growth of 12 pigs\n", "    title: Growth of 12 pigs\n" + rule
    )
    run = project.run()
    assert run.code == 1
    assert "pigs.csv: row" in run.output and "is above 30" in run.output
    assert project.snapshot("reports/pigs") == published

    project.edit("config.yaml", "contract: {", "contract: {on_violation: quarantine, ")
    run = project.run()
    assert run.code == 0, run.output
    assert project.file("reports/pigs/tables/quarantine.csv").is_file()
