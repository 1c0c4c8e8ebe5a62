"""Fixes in rounds: what waits, what is taken back, what the settings leave out. The rule under test is made here."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from types import ModuleType

import pytest

from lkagent_lint import engine, intents, rules
from lkagent_lint.diagnostics import Diagnostic, Severity
from lkagent_lint.questions.subject import Subject
from lkagent_lint.rules import Meta
from lkagent_lint.text import Lines, Place

CODE = "LKA106"
META = Meta(CODE, "unawaited-lifecycle-call", Severity.ERROR, "a word that is not liked")
SAFE, UNSAFE, SUGGESTION = intents.Safety.SAFE, intents.Safety.UNSAFE, intents.Safety.SUGGESTION
HEAD = "from livekit.agents import JobContext\n"

Mend = Callable[[Place, str], intents.Fix | None]


class Words(ModuleType):
    """A rule that finds each call ``bad_…()`` and mends it as a test says."""

    META = META

    def __init__(self, mend: Mend) -> None:
        super().__init__("words", "A page.")
        self._mend = mend

    def check(self, subject: Subject) -> Iterator[Diagnostic]:
        for path in subject.project.files:
            text = Path(path).read_text() if path not in NOW else NOW[path]
            lines = Lines(text)
            at = text.find("bad_")
            while at >= 0:
                end = text.index(")", at) + 1
                place = Place(path, lines.span(at, end))
                yield META.at(place, "bad", subject=text[at:end], fix=self._mend(place, text[at:end]))
                at = text.find("bad_", end)


NOW: dict[str, str] = {}


@pytest.fixture
def rule(monkeypatch: pytest.MonkeyPatch) -> Callable[[Mend], None]:
    def use(mend: Mend) -> None:
        words = Words(mend)
        known = rules.rule

        def chosen(code: str) -> object:
            return words if code == CODE else known(code)

        monkeypatch.setattr("lkagent_lint.engine.judging.rule", chosen)

    check = engine.check

    def seeing(request: engine.Request, watch: engine.Watch | None = None) -> object:
        NOW.clear()
        NOW.update({path: data.decode() for path, data in request.overlays.items()})
        return check(request, watch)

    monkeypatch.setattr(engine, "check", seeing)
    return use


@pytest.fixture
def project(tmp_path: Path) -> Path:
    (tmp_path / "pyproject.toml").write_text(f'[tool.lkagent-lint]\nroot = true\nselect = ["{CODE}"]\n')
    return tmp_path


def fixed(
    project: Path, text: str, settings: dict[str, object] | None = None, *, unsafe: bool = False
) -> tuple[str, list[str]]:
    """The text after the fixes, and why others were taken back."""
    path = project / "agent.py"
    path.write_text(HEAD + text)
    done = engine.fixed(engine.Request(paths=(str(project),), options=settings or {}), unsafe=unsafe)
    after = {each.path: each.after.decode() for each in done.rewrites}.get(str(path), HEAD + text)
    return after.removeprefix(HEAD), [each.reason for each in done.refused]


def replaced(code: str, safety: intents.Safety = SAFE) -> Mend:
    return lambda place, _: intents.Fix(safety, "replace it", (intents.Replace(place, code),))


def test_all_are_mended(rule: Callable[[Mend], None], project: Path) -> None:
    rule(replaced("good()"))
    assert fixed(project, "bad_1()\nbad_2()\n") == ("good()\ngood()\n", [])


def test_what_meets_waits_for_the_next_round(rule: Callable[[Mend], None], project: Path) -> None:
    rule(replaced("good"))
    assert fixed(project, "bad_1()\n(bad_2())(bad_3())\n") == ("good\n(good)(good)\n", [])


def test_what_breaks_the_syntax_is_taken_back_alone(rule: Callable[[Mend], None], project: Path) -> None:
    rule(lambda place, text: replaced("(" if "2" in text else "good()")(place, text))
    after, refused = fixed(project, "bad_1()\nbad_2()\nbad_3()\n")
    assert after == "good()\nbad_2()\ngood()\n"
    assert refused == ["the file could not be parsed afterwards"]


def test_what_adds_a_finding_is_taken_back(rule: Callable[[Mend], None], project: Path) -> None:
    rule(replaced("bad_9() or bad_8()"))
    assert fixed(project, "bad_1()\n") == ("bad_1()\n", [f"{CODE} would be reported then"])


def test_what_mends_nothing_is_taken_back(rule: Callable[[Mend], None], project: Path) -> None:
    rule(lambda place, _: intents.Fix(SAFE, "say more", (intents.Insert(place, "more()"),)))
    assert fixed(project, "bad_1()\n") == ("bad_1()\n", ["it would be reported all the same"])


def test_rounds_end(rule: Callable[[Mend], None], project: Path) -> None:
    def next_one(place: Place, text: str) -> intents.Fix:
        number = int(text.removeprefix("bad_").removesuffix("()"))
        return intents.Fix(SAFE, "count", (intents.Replace(place, f"bad_{number + 1}()"),))

    rule(next_one)
    after, refused = fixed(project, "bad_1()\n")
    assert (after, len(refused)) == ("bad_1()\n", 1)


@pytest.mark.parametrize(("safety", "unsafe", "is_mended"), [
    (SAFE, False, True), (UNSAFE, False, False), (UNSAFE, True, True), (SUGGESTION, True, False),
])  # fmt: skip
def test_whoever_asks_for_more_gets_it(
    rule: Callable[[Mend], None], project: Path, safety: intents.Safety, unsafe: bool, is_mended: bool
) -> None:
    rule(replaced("good()", safety))
    assert fixed(project, "bad_1()\n", unsafe=unsafe) == ("good()\n" if is_mended else "bad_1()\n", [])


@pytest.mark.parametrize(("settings", "is_mended"), [
    ({"unfixable": [CODE]}, False),
    ({"unfixable": ["LKA1"]}, False),
    ({"fixable": ["LKA2"]}, False),
    ({"fixable": [CODE], "unfixable": ["LKA1"]}, True),
    ({"unfixable": ["LKA2"]}, True),
])  # fmt: skip
def test_settings_say_what_may_be_mended(
    rule: Callable[[Mend], None], project: Path, settings: dict[str, object], is_mended: bool
) -> None:
    rule(replaced("good()"))
    assert fixed(project, "bad_1()\n", settings)[0] == ("good()\n" if is_mended else "bad_1()\n")


def test_settings_say_what_is_safe(rule: Callable[[Mend], None], project: Path) -> None:
    rule(replaced("good()", UNSAFE))
    assert fixed(project, "bad_1()\n", {"extend-safe-fixes": ["LKA1"]})[0] == "good()\n"


def test_what_a_comment_hides_is_not_mended(rule: Callable[[Mend], None], project: Path) -> None:
    rule(replaced("good()"))
    text = f"bad_1()  # lkagent: ignore[{CODE}]\nbad_2()\n"
    assert fixed(project, text)[0] == text.replace("bad_2", "good")


def test_a_fix_in_two_files_is_one(rule: Callable[[Mend], None], project: Path) -> None:
    other = project / "other.py"
    other.write_text(HEAD + "x()\n")

    def both(place: Place, text: str) -> intents.Fix:
        far = Place(str(other), Lines(other.read_text()).span(len(HEAD), len(HEAD) + 3))
        code = "(" if "2" in text else "y()"
        return intents.Fix(UNSAFE, "both", (intents.Replace(place, "good()"), intents.Replace(far, code)))

    rule(both)
    assert fixed(project, "bad_2()\n", unsafe=True)[0] == "bad_2()\n"
    (project / "agent.py").write_text(HEAD + "bad_1()\n")
    done = engine.fixed(engine.Request(paths=(str(project),)), unsafe=True)
    assert [(each.path.rpartition("/")[2], each.after.decode()) for each in done.rewrites] == [
        ("agent.py", HEAD + "good()\n"),
        ("other.py", HEAD + "y()\n"),
    ]


def test_a_file_with_two_names_is_left(rule: Callable[[Mend], None], project: Path) -> None:
    (project / "agent.py").write_text("")
    (project / "twin").hardlink_to(project / "agent.py")
    rule(replaced("good()"))
    after, refused = fixed(project, "bad_1()\n")
    assert after == "bad_1()\n"
    assert "hard links" in refused[0]
