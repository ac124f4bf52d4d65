"""Counts the test cases behind a ctest run: count_results.py FOLDER, which holds ctest.xml (--output-junit) and one
PROGRAM.xml for each GoogleTest program. A skipped or disabled case counts as failed: what was not tested is not known to work.
Prints what was not passed and, last, "N passed, N failed"."""

import pathlib
import sys
import xml.etree.ElementTree as xml


def count_program(report, program_passed):
    """(passed, [what did not]) of one program; a program that broke off has failed, whatever its cases say."""
    if not report.exists():
        return (1, []) if program_passed else (0, ["ended without a report"])
    passed, broken = 0, []
    for case in xml.parse(report).iter("testcase"):
        if case.get("result") == "completed" and case.find("failure") is None:
            passed += 1
        else:
            broken.append(f'{case.get("classname")}.{case.get("name")} ({case.get("result")})')
    if not program_passed and not broken:
        broken.append("failed outside its cases")
    return passed, broken


def count(folder):
    passed, failed = 0, 0
    for program in xml.parse(folder / "ctest.xml").iter("testcase"):
        name = program.get("name")
        good, broken = count_program(folder / f"{name}_test.xml", program.get("status") == "run")
        passed, failed = passed + good, failed + len(broken)
        for case in broken:
            print(f"not passed: {name}: {case}")
    return passed, failed


def main():
    folder = pathlib.Path(sys.argv[1])
    if not (folder / "ctest.xml").exists():
        print("ctest left no report\n0 passed, 1 failed")
        return 1
    passed, failed = count(folder)
    print(f"{passed} passed, {failed} failed")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
