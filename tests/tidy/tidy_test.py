"""Plants a violation of every tidy rule in a small tree and expects exactly that rule to find it."""

import pathlib
import subprocess
import sys
import tempfile
import unittest

import cpp_text
import tidy

PLAN = """
folder(base kiosk/base)
folder(wire ledger/wire base)
folder(core kiosk/core base)  # a remark with (parentheses)
folder(store ledger/store wire PkgConfig::SQLITE)
folder(virtual devices/virtual base)
folder(ssp devices/note_acceptor/ssp base)
program(pilotlight-kiosk kiosk/main.cpp core)
fuzz(frames ssp)
"""
CLEAN = {
    "CMakeLists.txt": PLAN,
    "README.md": "See `kiosk/base/money.h` and [the plan](CMakeLists.txt).\n",
    "CONTRIBUTING.md": "",
    "CHANGELOG.md": "",
    "kiosk/base/money.h": "int money();\n",
    "kiosk/core/step.cpp": '#include "kiosk/base/money.h"\n#include "ledger/wire/records.h"\n\nint step() { return money(); }\n',
    "kiosk/main.cpp": '#include "kiosk/core/step.h"\n',
    "ledger/wire/records.h": "struct Record {};\n",
    "ledger/store/store.cpp": "#include <sqlite3.h>\n",
    "devices/note_acceptor/note_acceptor.h": "struct Note {};\n",
    "devices/note_acceptor/ssp/frame.cpp": '#include "devices/note_acceptor/note_acceptor.h"\n',
    "tests/fuzz/frames.cpp": "int fuzz();\n",
    "tests/kiosk/core/step_test.cpp": "void wait() { usleep(10); }  // between two looks\n",
}


def lines_of(count):
    return "".join("  ++a;\n" for _ in range(count))


PLANTED = {
    "short_functions": [("kiosk/core/long.cpp", "void f(int a) {\n" + lines_of(69) + "}\n"),
                        ("tests/e2e/long.py", "def f():\n" + "    pass\n" * 70)],
    "short_files": [("ledger/wire/long.h", "\n" * 401)],
    "arrows": [("kiosk/core/step.h", '#include "ledger/store/store.h"\n'),
               ("kiosk/core/wire.cpp", '#include "ledger/wire/json.h"\n'),
               ("devices/note_acceptor/note_acceptor.h", '#include "kiosk/core/step.h"\n'),
               ("kiosk/core/note.h", '#include "devices/note_acceptor/note_acceptor.h"\n')],
    "libraries": [("kiosk/core/disk.cpp", "#include <sqlite3.h>\n")],
    "virtual_stands_alone": [("devices/virtual/peer.cpp", '#include "devices/note_acceptor/note_acceptor.h"\n')],
    "no_left_overs": [("kiosk/core/later.h", "// TO" "DO: the rest\n"), ("tests/kiosk/core/x.h", "GTEST_SK" "IP();\n")],
    "no_empty_names": [("kiosk/core/card_manager.h", ""), ("kiosk/core/card.h", "struct CardHandler {};\n"),
                       ("kiosk/core/note.h", "int parse_utils();\n")],
    "every_source_is_built": [("kiosk/lost.cpp", ""), ("kiosk/core/main_old.cpp", ""), ("tests/kiosk/core/step_tests.cpp", ""),
                              ("tests/fuzz/nobody.cpp", ""), ("CMakeLists.txt", PLAN + "fuzz(missing ssp)\n")],
    "no_sleep_in_tests": [("tests/kiosk/core/late_test.cpp", "void f() { std::this_thread::sleep_for(1s); }\n"),
                          ("tests/e2e/late.py", "time.sleep(1)\n"), ("tests/e2e/late.sh", "sleep 1\n")],
    "documents_name_what_exists": [("README.md", "See `kiosk/base/gone.h`.\n"), ("CHANGELOG.md", "[x](gone.md)\n")],
}


def plant(folder, files):
    for path, text in files.items():
        place = pathlib.Path(folder, path)
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_text(text)


def broken_rules(files, rules=[rule for rule in tidy.RULES if rule is not tidy.formatted]):
    with tempfile.TemporaryDirectory() as folder:
        plant(folder, files)
        tree = tidy.Tree(folder)
        return {rule.__name__ for rule in rules if list(rule(tree))}


class Rules(unittest.TestCase):
    def test_a_clean_tree_breaks_nothing(self):
        self.assertEqual(broken_rules(CLEAN), set())

    def test_every_rule_has_a_planted_violation(self):
        self.assertEqual({rule.__name__ for rule in tidy.RULES}, set(PLANTED) | {"core_is_pure", "formatted"})

    def test_formatted(self):
        style = {".clang-format": "BasedOnStyle: Google\n", "kiosk/base/money.h": "int money();\n", "CMakeLists.txt": PLAN}
        self.assertEqual(broken_rules(style, [tidy.formatted]), set())
        self.assertEqual(broken_rules({**style, "kiosk/base/cash.h": "int  money( );\n"}, [tidy.formatted]), {"formatted"})

    def test_what_just_fits_is_allowed(self):
        self.assertEqual(broken_rules({**CLEAN, "kiosk/core/fits.cpp": "void f(int a) {\n" + lines_of(68) + "}\n",
                                       "ledger/wire/fits.h": "int a;\n" * 400}), set())

    def test_comments_and_literals_are_not_code(self):
        quoted = '// a sleep(1) by the manager {{{\nconst char* a = "manager {";\nconst char* b = R"(handler {)";\nchar c = \'{\';\n'
        self.assertEqual(broken_rules({**CLEAN, "tests/kiosk/core/a_fixture.cpp": quoted}), set())


def planted_test(rule, path, text):
    def test(self):
        found = broken_rules({**CLEAN, path: text})
        self.assertIn(rule, found)
        self.assertLessEqual(found, {rule, "arrows"} if rule == "virtual_stands_alone" else {rule})
    return test


for planted_rule, violations in PLANTED.items():
    for number, (planted_path, planted_text) in enumerate(violations, 1):
        setattr(Rules, f"test_{planted_rule}_{number}", planted_test(planted_rule, planted_path, planted_text))


class Functions(unittest.TestCase):
    def spans(self, text):
        return cpp_text.functions(text)

    def test_scopes_are_looked_into_and_initialisers_are_not_functions(self):
        self.assertEqual(self.spans("namespace a {\nstruct B {\n  int f() { return 1; }\n  int x{2};\n};\n"
                                    "constexpr int t[] = {1,\n2};\nenum class C : int { D };\n}\n"), [(3, 3)])

    def test_a_constructor_with_braces_in_its_initialisers_counts_its_body(self):
        self.assertEqual(self.spans("B::B(int a)\n    : a_{a}, b_(2) {\n  f();\n}\n")[-1][1], 4)

    def test_a_lambda_belongs_to_its_function(self):
        self.assertEqual(self.spans("void f() {\n  g([] {\n  });\n}\n"), [(1, 4)])

    def test_a_struct_in_the_arguments_is_a_function(self):
        self.assertEqual(self.spans("int f(struct stat* s) {\n}\nint g(const struct stat& s) const {\n}\n"), [(1, 2), (3, 4)])


class PureCore(unittest.TestCase):
    """Compiles small archives and looks into them."""

    def found(self, core, base="int money() { return 1; }"):
        with tempfile.TemporaryDirectory() as folder:
            for name, text in (("core", core), ("base", base)):
                pathlib.Path(folder, f"{name}.cpp").write_text(text)
                subprocess.run(["c++", "-std=c++20", "-O1", "-c", f"{name}.cpp"], cwd=folder, check=True)
                subprocess.run(["ar", "rc", f"lib{name}.a", f"{name}.o"], cwd=folder, check=True)
            plant(folder, CLEAN)
            return list(tidy.core_is_pure(tidy.Tree(folder, folder)))

    def test_arithmetic_is_pure(self):
        self.assertEqual(self.found("int money(); int step() { return money(); }"), [])

    def test_time_is_not(self):
        self.assertTrue(self.found("#include <chrono>\nlong step() { return std::chrono::system_clock::now().time_since_epoch().count(); }"))

    def test_chance_is_not(self):
        self.assertTrue(self.found("#include <cstdlib>\nint step() { return rand(); }"))

    def test_files_are_not(self):
        self.assertTrue(self.found('#include <fstream>\nint step() { std::ifstream f("x"); return f.get(); }'))

    def test_threads_are_not(self):
        self.assertTrue(self.found("#include <thread>\nvoid step() { std::thread([] {}).join(); }"))

    def test_base_is_followed(self):
        self.assertTrue(self.found("int money(); int step() { return money(); }", "#include <ctime>\nint money() { return (int)time(nullptr); }"))


def main():
    result = unittest.TextTestRunner(verbosity=1).run(unittest.defaultTestLoader.loadTestsFromModule(sys.modules[__name__]))
    bad = len(result.failures) + len(result.errors) + len(result.skipped)
    print(f"{result.testsRun - bad} passed, {bad} failed", flush=True)
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main())
