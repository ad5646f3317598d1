"""Writes the example loans: python3 data/loans/generate.py. Invented, with a fixed seed; CC0."""

from __future__ import annotations

import csv
import math
import random
from datetime import datetime, timedelta
from pathlib import Path

HERE = Path(__file__).resolve().parent
FIRST = datetime(2024, 1, 1)
DAYS = 150
CUSTOMERS = 1500
PURPOSES = ["car", "repair", "insurance", "other"]
REGIONS = ["north", "south", "east", "west"]


def main() -> None:
    chance = random.Random(42)
    customers = {f"{number:05d}": customer(chance) for number in range(1, CUSTOMERS + 1)}
    facts = known_of(customers, chance)
    payments = paid_by(customers, chance)
    loans, outcomes = asked_for(customers, payments, chance)
    write("customers.csv", ["customer_id", "recorded_at", "income", "region", "employed"], facts)
    by_month("payments", ["payment_id", "customer_id", "paid_at", "amount", "days_late"], payments, 2)
    by_month("loans", ["loan_id", "customer_id", "applied_at", "amount", "months", "purpose"], loans, 2)
    by_month("outcomes", ["loan_id", "repaid", "recorded_at"], outcomes, 2)


def customer(chance: random.Random) -> dict[str, float | str]:
    return {
        "income": round(chance.lognormvariate(7.8, 0.4)),
        "region": chance.choice(REGIONS),
        "employed": "yes" if chance.random() < 0.8 else "no",
        "care": chance.gauss(0, 1),
    }


def known_of(customers: dict, chance: random.Random) -> list[list]:
    """Each customer once before the first day, and some again when something changed."""
    rows = []
    for name, one in customers.items():
        income = one["income"] if chance.random() > 0.05 else ""
        rows.append([name, stamp(FIRST - timedelta(hours=chance.randint(1, 2000) / 10)), income, one["region"], one["employed"]])
        if chance.random() < 0.2:
            one["changed"] = FIRST + timedelta(hours=chance.randint(24, DAYS * 24 - 1))
            one["employed"] = "no" if one["employed"] == "yes" else "yes"
            rows.append([name, stamp(one["changed"]), one["income"], one["region"], one["employed"]])
    return sorted(rows, key=lambda row: (row[1], row[0]))


def paid_by(customers: dict, chance: random.Random) -> list[list]:
    rows = []
    for name, one in customers.items():
        at = FIRST + timedelta(hours=chance.randint(0, 30 * 24))
        while at < FIRST + timedelta(days=DAYS):
            late = max(0, round(chance.gauss(2 - 4 * one["care"], 4)))
            rows.append([name, stamp(at), round(chance.uniform(40, 400), 2), late])
            at += timedelta(hours=chance.randint(20 * 24, 40 * 24), minutes=chance.randint(0, 59))
    rows.sort(key=lambda row: (row[1], row[0]))
    return [[number, *row] for number, row in enumerate(rows, 1)]


def asked_for(customers: dict, payments: list[list], chance: random.Random) -> tuple[list[list], list[list]]:
    names = list(customers)
    loans, outcomes, number = [], [], 0
    for day in range(DAYS):
        for _ in range(chance.randint(35, 55)):
            number += 1
            name = chance.choice(names)
            one = customers[name]
            at = FIRST + timedelta(days=day, minutes=chance.randint(8 * 60, 20 * 60))
            amount = round(chance.lognormvariate(7.5, 0.6), 2)
            purpose = chance.choice(PURPOSES)
            loans.append([number, name, stamp(at), amount, chance.choice([6, 12, 24, 36]), purpose])
            odds = 1.2 + 1.3 * one["care"] - 0.5 * math.log(amount / one["income"]) - (0.6 if purpose == "other" else 0)
            repaid = chance.random() < 1 / (1 + math.exp(-odds))
            known = at + timedelta(days=30 if not repaid else chance.randint(12, 30), minutes=-chance.randint(0, 400))
            if known < FIRST + timedelta(days=DAYS):
                outcomes.append([number, int(repaid), stamp(known)])
    loans.sort(key=lambda row: row[2])
    outcomes.sort(key=lambda row: row[2])
    return loans, outcomes


def stamp(at: datetime) -> str:
    return at.strftime("%Y-%m-%d %H:%M:%S")


def by_month(directory: str, header: list[str], rows: list[list], time: int) -> None:
    (HERE / directory).mkdir(exist_ok=True)
    for month in sorted({row[time][:7] for row in rows}):
        write(f"{directory}/{month}.csv", header, [row for row in rows if row[time].startswith(month)])


def write(file: str, header: list[str], rows: list[list]) -> None:
    with open(HERE / file, "w", newline="", encoding="utf-8") as out:
        writer = csv.writer(out, lineterminator="\n")
        writer.writerow(header)
        writer.writerows(rows)


if __name__ == "__main__":
    main()
