"""The journal's hash chain, and the ledger's copy of it."""

import hashlib
import struct

from .verdict import Verdict


def chained(previous, record):
    head = previous + struct.pack(">Qq", record.seq, record.wall_ms)
    return hashlib.sha256(head + record.kind.encode() + b"\0" + record.text.encode()).digest()


def judge_chain(run):
    verdict = Verdict("CHAIN", "the journal is whole and the ledger has the same")
    journal, ledger, terminal = run.journal, run.ledger, run.terminal
    previous = bytes(32)
    for expected, record in enumerate(journal.records, 1):
        if not verdict.require(record.seq == expected, f"journal record {expected} is missing, {record.seq} follows"):
            break
        verdict.require(chained(previous, record) == record.hash, f"journal record {record.seq} was altered")
        previous = record.hash
    confirmed = ledger.confirmed(terminal)
    facts = {row["number"]: row for row in ledger.facts if row["terminal"] == terminal}
    verdict.numbers = {"journal": journal.last, "ledger": confirmed, "undelivered": journal.last - confirmed}
    verdict.require(any(row["terminal"] == terminal for row in ledger.terminals), f"the ledger has no {terminal}")
    verdict.require(confirmed <= journal.last, f"the ledger has {confirmed} records, the journal ends at {journal.last}")
    lacking = sorted(set(range(1, confirmed + 1)) ^ set(facts))
    verdict.require(not lacking, f"the ledger says it has records 1 to {confirmed}, and that is not so for {lacking}")
    for record in journal.records:
        fact = facts.get(record.seq)
        if fact and (fact["wall_ms"], fact["kind"], fact["body"], fact["hash"]) != (
                record.wall_ms, record.kind, record.text, record.hash):
            verdict.broken.append(f"record {record.seq} is not the same in journal and ledger")
    _chained_at_ledger(verdict, ledger)
    for fact in facts.values():
        if fact["parked"]:
            verdict.open.append(f"record {fact['number']} ({fact['kind']}) is parked: {fact['parked']}")
    return verdict


def _chained_at_ledger(verdict, ledger):
    """Every terminal's facts, also of those whose journal is not here."""
    for terminal in ledger.terminals:
        name, previous = terminal["terminal"], bytes(32)
        facts = sorted((f for f in ledger.facts if f["terminal"] == name), key=lambda fact: fact["number"])
        if facts:
            previous = facts[-1]["hash"]
        verdict.require(len(facts) == terminal["last_contiguous"] and previous == terminal["last_hash"],
                        f"{name}: {len(facts)} facts are there, {terminal['last_contiguous']} were confirmed")
    numbers = sorted(fact["seq"] for fact in ledger.facts)
    verdict.require(numbers == list(range(1, len(numbers) + 1)), "facts are missing: their numbers have gaps")
    for stray in ledger.strays:
        verdict.broken.append(f"{stray['terminal']}: two different records have the number {stray['number']}")
