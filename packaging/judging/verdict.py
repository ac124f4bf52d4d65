"""What the judge says about one law: the numbers that were compared, and where they differ."""


def yuan(fen):
    sign = "-" if fen < 0 else ""
    return f"¥{sign}{abs(fen) // 100}.{abs(fen) % 100:02d}"


class Verdict:
    def __init__(self, law, title):
        self.law, self.title = law, title
        self.numbers = {}
        self.broken = []
        self.open = []  # what cannot be known yet, and is allowed for

    @property
    def holds(self):
        return not self.broken

    def require(self, condition, otherwise):
        if not condition:
            self.broken.append(otherwise)
        return bool(condition)

    def equal(self, what, **sides):
        """All sides say the same: money in fen, counts, or whatever was compared."""
        names = list(sides)
        differ = any(sides[name] != sides[names[0]] for name in names[1:])
        told = ", ".join(f"{name} {sides[name]}" for name in names)
        return self.require(not differ, f"{what}: {told}")

    def line(self):
        told = ", ".join(f"{name} {value}" for name, value in self.numbers.items())
        head = f"{self.law} {self.title}: {'OK' if self.holds else 'BROKEN'}"
        return head + (f" ({told})" if told else "")

    def as_json(self):
        return {"law": self.law, "title": self.title, "ok": self.holds, "numbers": self.numbers, "broken": self.broken,
                "open": self.open}
