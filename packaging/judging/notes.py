"""What became of every note, by the journal alone."""

from .evidence import NIL

STACKED, RETURNED, OPEN, FOUND = "stacked", "returned", "open", "found"


class Note:
    def __init__(self, note, session, value, seq):
        self.note, self.session, self.value = note, session, value
        self.fate, self.doubted, self.seq = OPEN, False, seq


class Notes:
    """The fold of the note records; `contradictions` are records that do not follow from the ones before."""

    def __init__(self, records):
        self.all, self.contradictions = {}, []
        for record in records:
            take = getattr(self, "_" + record.kind, None)
            if take:
                take(record)

    def with_fate(self, *fates):
        return [note for note in self.all.values() if note.fate in fates]

    def _NoteStacking(self, record):
        if record["note"] in self.all:
            self.contradictions.append(f"note {record['note']} is stacked again (record {record.seq})")
        self.all[record["note"]] = Note(record["note"], record["session"], record["value"], record.seq)

    def _settle(self, record, fate):
        note = self.all.get(record["note"])
        if note is None or note.fate != OPEN or note.session != record["session"]:
            self.contradictions.append(f"note {record['note']} is {fate} (record {record.seq}) without an intention")
            return
        if note.value != record["value"] and fate == RETURNED:
            self.contradictions.append(f"note {record['note']} comes back as another value (record {record.seq})")
        note.fate, note.value, note.seq = fate, record["value"], record.seq

    def _NoteStacked(self, record):
        self._settle(record, STACKED)

    def _NoteReturned(self, record):
        self._settle(record, RETURNED)

    def _NoteInDoubt(self, record):
        note = self.all.get(record["note"])
        if note is None or note.fate != OPEN:
            self.contradictions.append(f"note {record['note']} is doubted (record {record.seq}) and not under way")
        else:
            note.doubted, note.seq = True, record.seq

    def _NoteFound(self, record):
        if record["note"] in self.all:
            self.contradictions.append(f"note {record['note']} is found (record {record.seq}) and known")
        note = Note(record["note"], NIL, record["value"], record.seq)
        note.fate = FOUND
        self.all[note.note] = note
