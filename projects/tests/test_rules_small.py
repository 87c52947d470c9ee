"""The small rules: paragraphs, search, stage, claims, codes, milestones."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from projects.choices import MilestoneKind, Nature, Stage
from projects.rules.claim import Claim, adopted
from projects.rules.codes import parse_project_code, project_code
from projects.rules.milestone import MilestoneState, standing, value_on
from projects.rules.paragraphs import contains_phrase, split_paragraphs
from projects.rules.search import normal, search_key, search_terms
from projects.rules.stage import STAGE_OF_MILESTONE, stage_on

days = st.dates(date(2010, 1, 1), date(2030, 12, 31))


class TestParagraphs:
    def test_blank_lines_divide_and_wrapped_lines_join(self):
        assert split_paragraphs("\n第一\n段。\n\n \t\n第二段\r\n续。\n") == ["第一段。", "第二段续。"]

    def test_spaces_never_decide_a_match(self):
        assert contains_phrase("会上，陈红 民 对", "陈红民")
        assert not contains_phrase("会上，陈红民", "")

    @given(st.lists(st.text(alphabet="甲乙丙丁ab1 ", min_size=1).filter(str.strip), max_size=8))
    def test_joined_paragraphs_come_apart_again(self, blocks):
        parts = split_paragraphs("\n\n".join(blocks))
        assert len(parts) == len(blocks)
        assert all(contains_phrase(part, block) for part, block in zip(parts, blocks, strict=True))


class TestSearch:
    def test_marks_width_and_case_do_not_matter(self):
        assert normal("保利·豫见里") == normal("保利豫见里") == normal(" 保利•豫见里 ")
        assert normal("ＡＢ１") == "ab1"

    def test_each_word_is_a_term(self):
        assert search_terms("  中物 ZWKJ　“园区” ") == ["中物", "zwkj", "园区"]
        assert search_terms("· ，") == []

    @given(st.lists(st.text()))
    def test_what_is_stored_can_be_found(self, names):
        stored = search_key(names)
        assert all(term in stored for name in names for term in [normal(name)])


class TestStage:
    def test_the_furthest_done_milestone_counts_on_its_day(self):
        done = [(MilestoneKind.CONTRACT, date(2018, 1, 5)), (MilestoneKind.START, date(2018, 3, 31)), (MilestoneKind.COMPLETION, None)]
        assert stage_on(date(2018, 1, 4), done) is None
        assert stage_on(date(2018, 1, 5), done) is Stage.CONTRACTED
        assert stage_on(date(2018, 3, 30), done) is Stage.CONTRACTED
        assert stage_on(date(2018, 3, 31), done) is Stage.STARTED

    def test_the_nature_stands_in_where_no_milestone_is_known(self):
        assert stage_on(date(2018, 1, 1), [], Nature.CONTINUED) is Stage.STARTED
        assert stage_on(date(2018, 1, 1), [], Nature.PLANNED) is Stage.PLANNED
        assert stage_on(date(2018, 1, 1), [], Nature.COMPLETION) is None
        assert stage_on(date(2018, 1, 1), [], "") is None

    @given(st.lists(st.tuples(st.sampled_from(sorted(MilestoneKind)), st.none() | days)), days, st.integers(0, 500))
    def test_a_stage_is_never_lost_with_time(self, done, day, later):
        before, after = stage_on(day, done), stage_on(day + timedelta(days=later), done)
        assert before is None or after >= before

    def test_clearance_planning_and_resettlement_say_nothing_of_the_stage(self):
        silent = {MilestoneKind.CLEARANCE, MilestoneKind.PLANNING, MilestoneKind.EARLY, MilestoneKind.RESETTLEMENT, MilestoneKind.OTHER}
        assert silent == set(MilestoneKind) - set(STAGE_OF_MILESTONE)


class TestClaims:
    def test_the_mobilisation_meeting_goes_before_the_interview(self):
        # 2018 新开工: 60 in D0 (an interview), 65 in D2 (the meeting): domain.md §0.2.
        sixty, sixty_five = Claim(1, rank=1, dated=date(2018, 1, 13)), Claim(2, rank=3, dated=date(2018, 2, 24))
        assert adopted([sixty, sixty_five]) is sixty_five
        assert adopted([sixty_five, sixty]) is sixty_five

    def test_a_lower_document_does_not_win_by_being_later(self):
        meeting, interview = Claim(1, rank=3, dated=date(2018, 2, 24)), Claim(2, rank=1, dated=date(2018, 6, 1))
        assert adopted([meeting, interview]) is meeting

    def test_within_a_rank_the_later_counts_and_an_undated_one_comes_last(self):
        early, late, undated = Claim(1, 2, date(2017, 1, 19)), Claim(2, 2, date(2018, 2, 24)), Claim(3, 2, None)
        assert adopted([late, undated, early]) is late

    def test_nothing_claimed_is_nothing_adopted(self):
        assert adopted([]) is None

    @given(st.lists(st.builds(Claim, key=st.integers(), rank=st.integers(1, 5), dated=st.none() | days), min_size=1))
    def test_the_order_of_registration_of_others_does_not_matter(self, claims):
        assert adopted(claims) == adopted(list(reversed(claims)))


class TestCodes:
    @given(st.integers(2000, 2100), st.integers(1, 99999))
    def test_a_code_is_read_back(self, year, number):
        assert parse_project_code(project_code(year, number)) == (year, number)

    @pytest.mark.parametrize("code", ["", "EQ-18-001", "EQ-2018-1", "eq-2018-001", "EQ-2018-001 ", "EQ-2018-000001"])
    def test_other_forms_are_no_codes(self, code):
        assert parse_project_code(code) is None


class TestMilestone:
    # Moved from 31 March to 30 June, and from there to 30 September.
    changes = ((date(2018, 3, 1), date(2018, 3, 31)), (date(2018, 6, 1), date(2018, 6, 30)))

    @pytest.mark.parametrize(
        ("day", "due"),
        [
            (date(2018, 2, 28), date(2018, 3, 31)),
            (date(2018, 3, 1), date(2018, 6, 30)),
            (date(2018, 5, 31), date(2018, 6, 30)),
            (date(2018, 6, 1), date(2018, 9, 30)),
        ],
    )
    def test_the_date_valid_on_a_day(self, day, due):
        assert value_on(date(2018, 9, 30), self.changes, day) == due

    @pytest.mark.parametrize(
        ("day", "state", "late"),
        [
            (date(2018, 3, 24), MilestoneState.OPEN, -7),
            (date(2018, 3, 31), MilestoneState.OPEN, 0),
            (date(2018, 4, 1), MilestoneState.LATE, 1),
            (date(2018, 4, 9), MilestoneState.LATE, 9),
            (date(2018, 4, 10), MilestoneState.DONE, 10),
            (date(2018, 12, 1), MilestoneState.DONE, 10),
        ],
    )
    def test_open_late_and_done(self, day, state, late):
        found = standing(date(2018, 3, 31), (), date(2018, 4, 10), None, day)
        assert (found.state, found.days_late) == (state, late)

    def test_known_to_be_done_by_a_day_says_nothing_of_lateness(self):
        found = standing(date(2018, 1, 31), (), None, date(2018, 2, 24), date(2018, 3, 1))
        assert (found.state, found.days_late) == (MilestoneState.DONE, None)

    def test_a_phrase_without_a_date_is_never_late(self):
        assert standing(None, (), None, None, date(2030, 1, 1)).state is MilestoneState.UNDATED
