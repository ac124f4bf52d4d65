"""What the root CMakeLists.txt says about folders: folder(NAME DIR deps...), simulation(NAME DIR deps...),
program(NAME MAIN deps...), fuzz and bench."""

import re


class BuildPlan:
    def __init__(self, text):
        self.text = re.sub(r"#[^\n]*", "", text)
        self.folder_of = {}  # directory -> target
        self.arrows = {}     # target -> the targets and libraries it names
        self.mains = {}      # path of a program's main -> target
        for name, place, rest in self._calls("folder"):
            self.folder_of[place] = name
            self.arrows[name] = rest
        self.simulations = {}  # directory of a part of the simulation -> target
        for name, place, rest in self._calls("simulation"):
            self.simulations[place] = name
            self.arrows[name] = rest
        for name, place, rest in self._calls("program"):
            self.mains[place] = name
            self.arrows[name] = rest
        self.fuzzers = re.findall(r"^fuzz\((\w+)", self.text, re.MULTILINE)
        self.benches = re.findall(r"^bench\((\w+)", self.text, re.MULTILINE)

    def _calls(self, command):
        for body in re.findall(rf"^{command}\(([^()]*)\)", self.text, re.MULTILINE):
            first, second, *rest = body.split()
            yield first, second, rest

    def target_of(self, path):
        """The target that a file of the programs belongs to, or None."""
        return self.mains.get(path) or self.folder_of.get(path.rpartition("/")[0])

    def reach(self, target):
        """Everything that the target may use: itself, what it names, and so on."""
        reached, todo = {target}, [target]
        while todo:
            for name in self.arrows.get(todo.pop(), []):
                if name not in reached:
                    reached.add(name)
                    todo.append(name)
        return reached

    def owners(self, header):
        """Who has a header: its folder's target, or, for a contract one level up, every folder below it."""
        place = header.rpartition("/")[0]
        if place in self.folder_of:
            return {self.folder_of[place]}
        return {name for directory, name in self.folder_of.items() if directory.startswith(place + "/")}

    def has_source(self, path):
        """Whether some target compiles this .cpp."""
        place, _, name = path.rpartition("/")
        if path in self.text or f"{place}/*.cpp" in self.text:
            return True
        stem = name.removesuffix(".cpp")
        if place in self.simulations:
            return stem != "main"
        if place == "tests/fuzz":
            return stem in self.fuzzers
        if place == "tests/bench":
            return stem in self.benches
        if place.startswith("tests/"):
            return place.removeprefix("tests/") in self.folder_of and stem.endswith(("_test", "_fixture"))
        return place in self.folder_of and not re.fullmatch(r"main[a-z_]*|.*_module", stem)
