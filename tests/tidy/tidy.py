"""Keeps the rules of the tree that a compiler does not keep: tidy.py [--root DIR] [--build DIR].

Every rule is a function from a Tree to what breaks it, and counts as one test; the last line is "N passed, N failed".
With --build the archives of that build are looked into as well. tidy_test.py plants a violation of each."""

import argparse
import ast
import os
import pathlib
import re
import shutil
import subprocess
import sys

import cpp_text
from build_plan import BuildPlan

CODE_FOLDERS = ("kiosk", "devices", "screens", "ledger", "tests")
FUNCTION_LINES, FILE_LINES = 70, 400
SHUNNED = {"manager", "handler", "helper", "util", "processor"}
GIVEN_NAME = re.compile(r"sa_handler$|SDL_|libusb_|sqlite3_|CURL")  # not ours to choose
LEFT_OVER = re.compile(r"\b(?:TO" r"DO|FIX" r"ME|XX" r"X|HA" r"CK|GTEST_SK" r"IP|DISA" r"BLED_\w*)\b")
SLEEP = re.compile(r"\b(?:sleep_for|sleep_until|usleep|nanosleep|sleep)\s*\(")
LOOK = "between two looks"  # the one good reason to sleep, said on the line: a pause in a loop that asks for a condition
CORE_MAY_ALSO = {"ledger/wire/messages.h", "ledger/wire/records.h"}  # plain data, no code

# Which target of the build brings which library; a folder that includes its header must reach one of them.
LIBRARIES = (
    (r"SDL", {"PkgConfig::SDL2"}), (r"imgui|imstb", {"${IMGUI}"}), (r"winscard|PCSC/|reader\.h", {"PkgConfig::PCSC"}),
    (r"libusb", {"PkgConfig::USB"}), (r"sqlite3\.h", {"PkgConfig::SQLITE"}), (r"curl/", {"PkgConfig::CURL"}),
    (r"openssl/ssl", {"PkgConfig::SSL"}), (r"openssl/", {"PkgConfig::CRYPTO"}), (r"boost/", {"${BOOST_JSON}"}),
    (r"toml\+\+/|toml\.hpp", {"tomlplusplus::tomlplusplus"}), (r"CLI/", {"CLI11::CLI11"}), (r"png\.h", {"PkgConfig::PNG"}),
    (r"spdlog/", {"spdlog::spdlog"}), (r"qrencode\.h", {"PkgConfig::QR"}), (r"ft2build|freetype", {"PkgConfig::FREETYPE"}),
)

# What the pure core must not be able to call, as `nm -C` names it.
IMPURE = re.compile(
    r"^(?:time|clock|clock_\w+|gettimeofday|localtime\w*|gmtime\w*|mktime|s?rand(?:_r)?|s?random(?:_r)?|getrandom|getentropy"
    r"|arc4random\w*|RAND_\w+|f?open(?:64|at)?|creat|p?read(?:64)?|p?write(?:64)?|f(?:data)?sync|rename|unlink|remove|mmap"
    r"|socket|connect|bind|listen|accept|send\w*|recv\w*|e?poll\w*|select|ioctl|pthread_\w+|sem_\w+|fork|v?fork|exec\w+"
    r"|system|popen|(?:secure_)?getenv|u?sleep|nanosleep"
    r"|std::chrono::.*now\(\)|std::(?:this_)?thread\b.*|std::random_device.*|std::mutex.*|std::condition_variable.*"
    r"|std::basic_[io]?f(?:stream|ilebuf).*|std::filesystem.*|std::__.*_random.*)$")


class Tree:
    def __init__(self, root, build=None):
        self.root = pathlib.Path(root).resolve()
        self.build = pathlib.Path(build).resolve() if build else None
        self.plan = BuildPlan((self.root / "CMakeLists.txt").read_text())
        self._texts = {}

    def files(self, *endings, folders=CODE_FOLDERS):
        """Paths from the root, sorted."""
        found = []
        for folder in folders:
            for place, inner, names in os.walk(self.root / folder):
                inner[:] = [name for name in inner if name not in ("__pycache__", "node_modules")]
                found += [str(pathlib.Path(place, n).relative_to(self.root)) for n in names if n.endswith(endings)]
        return sorted(found)

    def text(self, path):
        if path not in self._texts:
            self._texts[path] = (self.root / path).read_text(errors="replace")
        return self._texts[path]


def python_functions(text):
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
            yield node.lineno, node.end_lineno


def short_functions(tree):
    """No function is longer than 70 lines."""
    for path in tree.files(".cpp", ".h", ".py"):
        spans = python_functions if path.endswith(".py") else cpp_text.functions
        for first, last in spans(tree.text(path)):
            if last - first + 1 > FUNCTION_LINES:
                yield f"{path}:{first}: function of {last - first + 1} lines"


def short_files(tree):
    """No file of code is longer than 400 lines."""
    for path in tree.files(".cpp", ".h", ".py", ".sh"):
        lines = tree.text(path).count("\n")
        if lines > FILE_LINES:
            yield f"{path}: {lines} lines"


def arrows(tree):
    """A folder includes only what it may reach by its line in CMakeLists.txt."""
    plan = tree.plan
    for path in tree.files(".cpp", ".h", folders=CODE_FOLDERS[:-1]):
        target = plan.target_of(path)
        users = {target} if target else plan.owners(path)  # a contract above folders may use what any of them may
        reach = set().union(*(plan.reach(user) for user in users))
        for line, header, is_system in cpp_text.includes(tree.text(path)):
            if is_system or header.partition("/")[0] not in CODE_FOLDERS:
                continue
            if target == "core" and header in CORE_MAY_ALSO:
                continue
            if not plan.owners(header) & reach:
                yield f"{path}:{line}: {target} must not include {header}"


def libraries(tree):
    """A folder includes a library's header only if its line in CMakeLists.txt reaches the library."""
    for path in tree.files(".cpp", ".h", folders=CODE_FOLDERS[:-1]):
        target = tree.plan.target_of(path)
        if not target or path.endswith("_module.cpp"):  # a module is a target of its own
            continue
        reach = tree.plan.reach(target)
        for line, header, _ in cpp_text.includes(tree.text(path)):
            brought_by = next((targets for pattern, targets in LIBRARIES if re.match(pattern, header)), None)
            if brought_by and not brought_by & reach:
                yield f"{path}:{line}: {target} includes <{header}> and does not name {'/'.join(sorted(brought_by))}"


def virtual_stands_alone(tree):
    """devices/virtual shares nothing with the drivers it stands in for, not even by another folder's arrow."""
    for path in tree.files(".cpp", ".h", folders=("devices/virtual",)):
        for line, header, _ in cpp_text.includes(tree.text(path)):
            if header.startswith("devices/") and not header.startswith("devices/virtual/"):
                yield f"{path}:{line}: includes {header}"


def no_left_overs(tree):
    """Nothing is left for later, skipped or disabled."""
    for path in tree.files(".cpp", ".h", ".py", ".sh", ".md", ".toml", ".yaml", folders=CODE_FOLDERS + ("packaging", "assets")):
        for number, line in enumerate(tree.text(path).split("\n"), 1):
            found = LEFT_OVER.search(line)
            if found:
                yield f"{path}:{number}: {found.group()}"


def no_empty_names(tree):
    """Names say what a thing is: not manager, handler, helper, util, processor."""
    for path in tree.files(""):
        if set(re.split(r"[^a-z]+", path.lower())) & (SHUNNED | {word + "s" for word in SHUNNED}):
            yield f"{path}: the file's name"
    for path in tree.files(".cpp", ".h"):
        for line, name in cpp_text.identifiers(tree.text(path)):
            if not GIVEN_NAME.match(name) and {word.removesuffix("s") for word in cpp_text.words(name)} & SHUNNED:
                yield f"{path}:{line}: {name}"


def every_source_is_built(tree):
    """Every .cpp belongs to a target, and every fuzzer and bench that is named has its source."""
    for path in tree.files(".cpp"):
        if not tree.plan.has_source(path):
            yield f"{path}: no target compiles it"
    for folder, names in (("fuzz", tree.plan.fuzzers), ("bench", tree.plan.benches)):
        for name in names:
            if not (tree.root / "tests" / folder / f"{name}.cpp").exists():
                yield f"CMakeLists.txt: {folder}({name} …) has no tests/{folder}/{name}.cpp"


def no_sleep_in_tests(tree):
    """Tests wait for conditions; only the pause between two looks at one may sleep, and says so."""
    for path in tree.files(".cpp", ".h", ".py", ".sh", folders=("tests",)):
        text = tree.text(path)
        code = cpp_text.code_only(text) if path.endswith((".cpp", ".h")) else text
        for number, (line, whole) in enumerate(zip(code.split("\n"), text.split("\n")), 1):
            sleeps = SLEEP.search(line) or (path.endswith(".sh") and re.search(r"(?:^|[;&|]|do)\s*sleep\s", line))
            if sleeps and LOOK not in whole and not path.startswith("tests/tidy/"):
                yield f"{path}:{number}: {whole.strip()}"


def formatted(tree):
    """clang-format changes nothing."""
    files = tree.files(".cpp", ".h")
    if not shutil.which("clang-format"):
        yield "clang-format is missing"
        return
    command = ["xargs", "-P2", "-n40", "clang-format", "--dry-run", "-Werror"]
    done = subprocess.run(command, input="\n".join(files), cwd=tree.root, capture_output=True, text=True)
    broken = {line.partition(":")[0] + ": not as clang-format has it" for line in done.stderr.split("\n") if ": error:" in line}
    yield from sorted(broken) or ([done.stderr[-500:]] if done.returncode else [])


def documents_name_what_exists(tree):
    """A path in README.md, CONTRIBUTING.md or CHANGELOG.md is there."""
    for path in ("README.md", "CONTRIBUTING.md", "CHANGELOG.md"):
        for number, line in enumerate(tree.text(path).split("\n"), 1):
            links = re.findall(r"\]\(([^):#]+)\)", line)
            named = re.findall(r"`((?:kiosk|devices|screens|ledger|tests|packaging|assets|\.ci)/[\w./-]*)`", line)
            for place in links + named:
                if not (tree.root / place).exists():
                    yield f"{path}:{number}: {place} is not there"


def archive_members(archive):
    """{member: (defined, undefined)}, names demangled."""
    done = subprocess.run(["nm", "-C", str(archive)], capture_output=True, text=True, check=True)
    members, current = {}, None
    for line in done.stdout.split("\n"):
        if line.endswith(".o:"):
            current = members.setdefault(line[:-1], (set(), set()))
            continue
        symbol = re.match(r"[0-9a-f ]{16} (\w) (.+)$", line)
        if symbol and current is not None:
            current[symbol.group(1) in "Uw"].add(symbol.group(2))
    return members


def core_is_pure(tree):
    """The core, and whatever of kiosk/base it calls, has no symbol of time, chance, file, network or thread."""
    if tree.build is None:
        return
    core = archive_members(tree.build / "libcore.a")
    base = archive_members(tree.build / "libbase.a")
    todo = dict(core)
    wanted = set()
    while todo:
        name, (_, undefined) = todo.popitem()
        yield from (f"{name}: {symbol}" for symbol in sorted(undefined) if IMPURE.match(symbol.partition("@")[0]))
        wanted |= undefined
        for member in [m for m, (defined, _) in base.items() if defined & undefined]:
            todo[member] = base.pop(member)


RULES = (short_functions, short_files, arrows, libraries, virtual_stands_alone, no_left_overs, no_empty_names,
         every_source_is_built, no_sleep_in_tests, formatted, documents_name_what_exists, core_is_pure)


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--root", default=pathlib.Path(__file__).resolve().parents[2])
    parser.add_argument("--build", help="a build of the tree; without it the core's archive is not looked into")
    options = parser.parse_args()
    tree = Tree(options.root, options.build)
    failed = 0
    for rule in RULES:
        try:
            broken = list(rule(tree))
        except (OSError, subprocess.CalledProcessError) as missing:
            broken = [f"could not be checked: {missing}"]
        failed += bool(broken)
        print(f"{'FAIL' if broken else 'ok  '} {rule.__doc__.strip()}")
        for line in broken:
            print(f"     {line}")
    print(f"{len(RULES) - failed} passed, {failed} failed")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
