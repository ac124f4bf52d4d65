"""How a session ended, folded from its own records: what SessionEnded says must follow from what went before it."""

OPEN = ("AuthoriseIntended", "AbandonIntended", "TopUpAuthorised", "WriteIntended", "WriteDisproved")


class Session:
    def __init__(self):
        self.notes, self.doubts = {}, {}
        self.asked, self.record, self.stands = None, None, None  # its own top-up, the newest one

    def take(self, record):
        if record.kind == "NoteStacked":
            self.notes[record["note"]] = record["value"]
            self.doubts.pop(record["note"], None)
        elif record.kind == "NoteReturned":
            self.doubts.pop(record["note"], None)
        elif record.kind == "NoteInDoubt":
            self.doubts[record["note"]] = record["value"]
        elif record.kind == "AuthoriseIntended":
            self.asked, self.record, self.stands = record["request"], None, record.kind
        elif self.asked and record.body.get("top_up") == self.asked["top_up"]:
            self.stands = record.kind
            self.record = record.body.get("record", self.record)

    def end(self):
        tendered = sum(self.notes.values())
        delivered = self.record["cost"] if self.stands == "WriteVerified" else 0
        pending = self.asked["amount"] if self.stands in OPEN else 0
        return {"tendered": tendered, "delivered": delivered, "credited": tendered - delivered - pending,
                "pending": pending, "in_doubt": sum(self.doubts.values())}


def judge_endings(verdict, journal):
    sessions, ended = {}, set()
    for record in journal.records:
        name = record.body.get("session") or record.body.get("request", {}).get("session")
        if not name:
            continue
        session = sessions.setdefault(name, Session())
        if record.kind != "SessionEnded":
            session.take(record)
            continue
        verdict.require(name not in ended, f"session {name} ended twice")
        ended.add(name)
        told = {field: record[field] for field in ("tendered", "delivered", "credited", "pending", "in_doubt")}
        verdict.equal(f"session {name}, end", told=told, by_its_records=session.end())
