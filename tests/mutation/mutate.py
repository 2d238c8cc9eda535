#!/usr/bin/env python3
"""How good are the tests? Changes one operator or constant at a time in a random sample of places in the rooms
theory, flow, network and validation, builds and runs the tests that should notice, and lists the changes that none
noticed.

usage: tests/mutation/mutate.py [--sample 200] [--seed 1] [--rooms theory,flow,network,validation]
                                [--build build-mutation] [--jobs 2] [--programs 3]

Works on a copy of the sources inside the build folder, so that nothing here is ever left changed. Results are added
to mutants.jsonl in that folder as they come; the same command goes on where it stopped, and judges survivors again
when sources, tests or programs are others (to judge all again, as after a test was removed, remove that file). Exit
code 1 when fewer than 90 % of the mutants that are not listed in equivalent.txt, with a reason each, were killed."""

import argparse
import hashlib
import json
import pathlib
import re
import shutil
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parents[2]
ROOMS = {"theory": "lib/dln/theory", "flow": "lib/dln/flow", "network": "lib/dln/network", "validation": "validation"}
# Programs of tests that should notice, after the tests named after the changed file; each is built only for a mutant
# that outlives those before it.
TESTS = {"theory": ["test_theory", "test_experiments", "test_validation"],
         "flow": ["test_flow", "test_experiments", "test_validation"],
         "network": ["test_network", "test_experiments", "test_validation"],
         "validation": ["test_validation", "test_tools"],
         "validation/own_theory": ["test_tools"]}
FILTERS = {"validation": "Check*:Verify.*:Diff.*", "validation/own_theory": "Check*"}  # of test_tools
SECONDS, SECONDS_ALONE = 600, 150  # a mutant whose tests, or those of one file, take longer is killed: it hangs

RULES = [(re.compile(pattern), replacement) for pattern, replacement in [
    (r"(?<=[\w)\]]) \+ (?=[\w(])", " - "), (r"(?<=[\w)\]]) - (?=[\w(])", " + "),
    (r"(?<=[\w)\]]) \* (?=[\w(-])", " / "), (r"(?<=[\w)\]]) / (?=[\w(-])", " * "),
    (r" \+= ", " -= "), (r" -= ", " += "), (r" \*= ", " /= "),
    (r" < (?=[\w(-])", " >= "), (r" > (?=[\w(-])", " <= "), (r" <= ", " < "), (r" >= ", " > "),
    (r" == ", " != "), (r" != ", " == "), (r" && ", " || "), (r" \|\| ", " && "),
    (r"\bstd::min\b", "std::max"), (r"\bstd::max\b", "std::min"), (r"\btrue\b", "false"), (r"\bfalse\b", "true"),
    (r"\bsqrt\(", "cbrt("), (r"\bsinh\(", "cosh("), (r"\bexpm1\(", "exp("), (r"\blog1p\(", "log("),
    (r"(?<=return )-(?=[\w(])", ""),
]]
NUMBER = re.compile(r"(?<![\w.])(\d+\.?\d*(?:e[+-]?\d+)?)(?![\w.]|'\d)")


def blanked(text):
    """The text with comments, strings and characters blanked out, position by position."""
    pattern = re.compile(r'//[^\n]*|/\*.*?\*/|R"(\w*)\(.*?\)\1"|"(?:\\.|[^"\\\n])*"|(?<!\d)\'(?:\\.|[^\'\\\n])\'', re.S)
    return pattern.sub(lambda m: re.sub(r"[^\n]", " ", m.group()), text)


def sites(room):
    for path in sorted((ROOT / ROOMS[room]).rglob("*.[ch]pp")):
        if "benchmarks" in path.parts:
            continue
        lines, codes = path.read_text().split("\n"), blanked(path.read_text()).split("\n")
        for number, (line, code) in enumerate(zip(lines, codes)):
            if re.match(r"\s*(#|template|using|static_assert|namespace)", code):
                continue
            for pattern, replacement in RULES:
                for match in pattern.finditer(code):
                    yield path, number, line[:match.start()] + replacement + line[match.end():]
            for match in NUMBER.finditer(code):
                value = match.group(1)
                more = str(int(value) + 1) if value.isdigit() else repr(float(value) + 1)
                yield path, number, line[:match.start()] + more + line[match.end():]


def run(command, folder, seconds):
    try:
        return subprocess.run(command, cwd=folder, timeout=seconds, stdout=subprocess.DEVNULL,
                              stderr=subprocess.DEVNULL).returncode
    except subprocess.TimeoutExpired:
        return "hangs"


class Workshop:
    def __init__(self, build, jobs, programs):
        self.build, self.made, self.jobs, self.programs = build, build / "made", jobs, programs
        self.copy = build / "source"
        self.sources_of = {}
        tracked = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, check=True, stdout=subprocess.PIPE, text=True)
        state = hashlib.sha256()
        for name in filter(None, tracked.stdout.split("\0")):
            source, target = ROOT / name, self.copy / name
            if not source.exists():
                continue
            if not name.startswith("tests/mutation/"):
                state.update(name.encode() + source.read_bytes())
            if target.exists() and target.read_bytes() == source.read_bytes():
                continue  # what did not change is not built again
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(source, target)
        self.state = state.hexdigest()
        # Half the optimisation, half the time to build.
        subprocess.run(["cmake", "-S", self.copy, "-B", self.made, "-G", "Ninja", "-DCMAKE_BUILD_TYPE=Release",
                        "-DCMAKE_CXX_FLAGS_RELEASE=-O1 -DNDEBUG", "-DDLN_WERROR=OFF"],
                       check=True, stdout=subprocess.DEVNULL)

    def judges(self):
        """Which sources, and how many programs."""
        return f"{self.state[:12]} {self.programs}"

    def make(self, *targets):
        return run(["ninja", "-C", self.made, f"-j{self.jobs}", *targets], self.copy, 3600)

    def passes(self, program, filters="*", seconds=SECONDS):
        return run([program, "--gtest_brief=1", "--gtest_fail_fast", f"--gtest_filter={filters}"], self.made,
                   seconds) == 0

    def passes_unchanged(self, test):
        """Once for the same sources."""
        known = self.build / f"{test}.passes"
        if not (known.exists() and known.read_text() == self.state):
            if self.make(test) != 0 or not self.passes(self.made / "bin" / test):
                return False
            known.write_text(self.state)
        return True

    def included(self, test):
        """The sources that an object file of a test was made of."""
        if test not in self.sources_of:
            listed = subprocess.run(["ninja", "-C", self.made, "-t", "deps", test], check=True,
                                    stdout=subprocess.PIPE, text=True).stdout.split()
            self.sources_of[test] = {word for word in listed if word.startswith(str(self.copy))}
        return self.sources_of[test]

    def closest(self, room, path):
        """The object files of the tests of that room that the changed file reaches by its header, or by the headers of
        those that use it: its namesake first, then those that include a header themselves, then those named alike,
        then what includes least."""
        headers, theme = {path.with_suffix(".hpp")}, path.stem.split("_")[0]
        if not path.with_suffix(".hpp").exists():
            headers = {ROOT / "lib" / name for name in re.findall(r'#include "(.*)"', path.read_text())
                       if (ROOT / "lib" / name).parent == path.parent}
        for _ in range(4):
            names = {str(header.relative_to(ROOT)).removeprefix("lib/") for header in headers}
            reached = []
            for test in (ROOT / "tests" / room).glob("*_test.cpp"):
                made = f"tests/CMakeFiles/test_{room}.dir/{room}/{test.name}.o"
                same, text = test.name.startswith(path.stem), test.read_text()
                direct = any(f'#include "{name}"' in text for name in names)
                if same or any(str(self.copy / header.relative_to(ROOT)) in self.included(made) for header in headers):
                    related = test.name.startswith(theme)
                    reached.append((not same, not direct, not related, len(self.included(made)), made))
            if reached:
                return [made for *_, made in sorted(reached)]
            headers |= {user.with_suffix(".hpp") for user in path.parent.glob("*.[ch]pp")
                        if any(f'#include "{name}"' in user.read_text() for name in names)}
        return []

    def claims_near(self, path):
        """The claims that use that file: its own, or for one of a section without any, those of the section."""
        def claims_in(files):
            return [claim for file in files for claim in re.findall(r'\.id = "(\w+)"', file.read_text())]
        in_section = path.parent.name.startswith("section_")
        return claims_in([path]) or (claims_in(sorted(path.parent.glob("*.cpp"))) if in_section else [])

    def link_alone(self, room, test):
        """A program of one test file, linked as the room's program is; None when it does not build."""
        target = f"bin/test_{room}"
        listed = subprocess.run(["ninja", "-C", self.made, "-t", "commands", target], check=True,
                                stdout=subprocess.PIPE, text=True).stdout.splitlines()[-1]
        words = listed.split(" && ")[1].split()
        others = [word for word in words if word.endswith("_test.cpp.o") and word != test]
        words = [word for word in words if word not in others]
        words[words.index(target)] = "alone"
        needed = [word for word in words if word.startswith(("lib/", "tests/")) and word.endswith((".a", ".o"))]
        if self.make(*needed) != 0 or run(words, self.made, 3600) != 0:
            return None
        return self.made / "alone"

    def fate(self, room, path, number, mutated):
        """killed by TEST, invalid (it does not compile) or survived"""
        place = self.copy / path.relative_to(ROOT)
        original = place.read_text()
        lines = original.split("\n")
        lines[number] = mutated
        place.write_text("\n".join(lines))
        try:
            closest = self.closest(room, path)
            for test in closest:
                program = self.link_alone(room, test)
                if not program:
                    return "invalid"
                if not self.passes(program, seconds=SECONDS_ALONE):
                    return f"killed by {pathlib.Path(test).stem}"
            folder = str(path.parent.relative_to(ROOT))
            programs = TESTS.get(folder, TESTS[room])
            filters = FILTERS.get(folder, FILTERS["validation"])
            programs = programs[:self.programs or (0 if closest else 1)]
            claims = self.claims_near(path) if room == "validation" else []
            if claims:
                if self.make("test_validation") != 0:
                    return "invalid"
                if not self.passes(self.made / "bin/test_validation", ":".join(f"*/{claim}" for claim in claims)):
                    return f"killed by {' or '.join(claims)}" if len(claims) < 5 else f"killed by {path.parent.name}"
                programs = []
            for test in programs:
                if self.make(test) != 0:
                    return "invalid"
                if not self.passes(self.made / "bin" / test, filters if test == "test_tools" else "*"):
                    return f"killed by {test}"
            return "survived"
        finally:
            place.write_text(original)


def equivalents():
    """(file, mutated line) -> reason"""
    known = {}
    for line in (ROOT / "tests/mutation/equivalent.txt").read_text().splitlines():
        if line and not line.startswith("#"):
            file, mutated, reason = (part.strip() for part in line.split(" @ "))
            known[file, mutated] = reason
    return known


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--sample", type=int, default=200)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--rooms", default=",".join(ROOMS))
    parser.add_argument("--build", type=pathlib.Path, default=ROOT / "build-mutation")
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument("--programs", type=int, default=3, help="how many test programs a mutant meets at most, after "
                        "the tests of its own file; fewer are faster and leave more survivors, which the same command "
                        "with more judges again")
    options = parser.parse_args()
    rooms = options.rooms.split(",")
    if any(room not in ROOMS for room in rooms):
        sys.exit(f"--rooms {options.rooms}: expected some of {', '.join(ROOMS)}")
    everything = [(room, *site) for room in rooms for site in sites(room)]
    # In an order that a change elsewhere does not disturb, so that what was judged is not judged anew.
    everything.sort(key=lambda site: hashlib.sha256(f"{options.seed} {site[1].name} {site[3]}".encode()).digest())
    record = options.build.resolve() / "mutants.jsonl"
    workshop = Workshop(options.build.resolve(), options.jobs, options.programs)
    for test in sorted({test for room in rooms for test in TESTS[room][:1]}):
        if not workshop.passes_unchanged(test):
            sys.exit(f"{test} does not pass as it is; mend it first, or every mutant would seem killed")
    done = {}
    if record.exists():
        for line in record.read_text().splitlines():
            entry = json.loads(line)
            if entry["fate"] != "survived" or entry.get("by") == workshop.judges():
                done[entry["file"], entry["line"], entry["mutated"]] = entry
    known, judged, survivors = equivalents(), 0, []
    killed = set_aside = 0
    print(f"{len(everything)} places in {', '.join(rooms)}; {options.sample} of them, seed {options.seed}", flush=True)
    for room, path, number, mutated in everything:
        if judged == options.sample:
            break
        file = str(path.relative_to(ROOT))
        if (file, mutated.strip()) in known:
            set_aside += 1
            continue
        entry = done.get((file, number + 1, mutated))
        if not entry:
            entry = {"file": file, "line": number + 1, "mutated": mutated,
                     "fate": workshop.fate(room, path, number, mutated), "by": workshop.judges()}
            with record.open("a") as out:
                out.write(json.dumps(entry) + "\n")
        if entry["fate"] == "invalid":
            continue
        judged += 1
        if entry["fate"] == "survived":
            survivors.append(entry)
        else:
            killed += 1
        print(f"{judged}\t{entry['fate']}\t{file}:{number + 1}\t{mutated.strip()}", flush=True)
    share = killed / judged if judged else 0
    print(f"\n{killed} of {judged} mutants killed, {100 * share:.1f} %; {set_aside} equivalent ones set aside")
    for entry in survivors:
        print(f"survived\t{entry['file']}:{entry['line']}\t{entry['mutated'].strip()}")
    sys.exit(0 if judged and share >= 0.9 else 1)


if __name__ == "__main__":
    main()
