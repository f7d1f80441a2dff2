"""What is never done, each with the tests that fail when it is; for docs/sync.md."""

from __future__ import annotations

from tests.promises import RULES
from tests.proofs import (
    BACK,
    BACK_AGAIN,
    BUDGET,
    CUT_OFF,
    GUARDS,
    HELD,
    JOB,
    LABELS,
    LOST,
    MACHINE,
    MAKE,
    MATRIX,
    PLAN,
    RULE,
    STALE,
    STANDS,
    TWO,
    WIKI,
    Promise,
)

NEVER = (
    Promise(
        "overwrite what somebody edited in Jira, unless the mapping says `restore` or you say `--take "
        "scorecard`",
        (
            f"{MATRIX}without_a_decision_only_what_nobody_edited_or_what_is_to_be_restored_is_written",
            f"{JOB}an_edit_in_jira_is_drift_and_is_not_written_over",
            "tests/contract/test_where_issues_hang.py::test_a_person_who_moves_a_key_result_below_another_epic_has_drifted_it",
            f"{RULE}a_field_that_becomes_the_scorecard_s_is_filled_and_a_team_s_value_is_not_written_over",
            f"{MAKE}an_edit_in_jira_is_held_and_a_decision_writes_it",
            f"{STANDS}a_decision_for_some_leaves_the_others_as_they_stand",
            f"{RULE}what_is_edited_between_the_plan_and_the_write_is_not_written_over",
            f"{LOST}what_is_edited_after_a_creation_that_nobody_read_back_is_not_written_over",
            f"{LOST}what_is_edited_after_an_edit_that_nobody_read_back_is_not_written_over",
            f"{BACK}an_edit_between_a_write_and_its_reading_is_not_written_over_when_the_scorecard_moves",
            f"{HELD}it_is_drift_and_a_conflict_and_no_saved_plan_goes_over_it",
        ),
    ),
    Promise(
        "delete an issue, a comment or a page",
        (
            f"{JOB}what_leaves_the_scorecard_is_closed_with_one_comment_and_never_deleted",
            "tests/unit/test_no_deletion.py::test_nothing_of_ours_ever_asks_for_a_deletion",
        ),
    ),
    Promise(
        "create a second issue for what has one already",
        (
            f"{CUT_OFF}what_was_created_unseen_and_is_hidden_since_is_not_created_again",
            f"{CUT_OFF}a_run_that_has_lost_its_lease_since_it_looked_does_not_create",
            f"{CUT_OFF}a_clone_from_before_a_rename_is_not_taken_for_what_gets_the_former_id",
            f"{LOST}created_issues_whose_reply_was_lost_are_found_and_not_made_again",
            f"{LOST}a_process_that_ends_after_a_write_leaves_nothing_twice",
            f"{LOST}what_was_created_behind_keys_that_do_not_answer_is_found",
        ),
    ),
    Promise(
        "create again what has vanished, unless you say `--recreate`",
        (
            f"{MAKE}a_vanished_issue_is_held_with_what_hangs_below_it",
            f"{STANDS}what_has_vanished_is_held_and_never_created_by_itself",
            f"{STANDS}what_is_forgotten_is_not_created_and_is_followed_again_when_it_is_back",
        ),
    ),
    Promise(
        "write in a project that the mapping does not name, unless you say `--force projects`",
        (
            f"{GUARDS}in_a_foreign_project_nothing_is_written_unless_it_is_named_or_forced",
            f"{STANDS}what_is_moved_between_the_plan_and_the_write_is_not_written_to",
        ),
    ),
    Promise(
        "fight on with a rule of the site that undoes what is restored",
        (f"{GUARDS}a_restore_that_is_undone_twice_is_never_written_again",),
    ),
    Promise(
        "touch an issue without our mark, or with another scorecard's",
        (
            f"{JOB}ours_is_never_counted_as_work_and_nothing_foreign_is_touched",
            f"{TWO}an_issue_that_another_scorecard_holds_is_not_adopted",
            f"{TWO}an_issue_of_ours_that_another_one_has_taken_stops_us",
            f"{TWO}what_another_one_has_taken_is_let_go_once_nothing_here_asks_for_it",
            f"{TWO}of_two_that_adopt_one_issue_at_once_the_second_leaves_it",
        ),
    ),
    Promise(
        "change the texts of an epic that was adopted, until you decide",
        (f"{JOB}a_second_apply_writes_nothing_and_the_adopted_epic_keeps_its_texts",),
    ),
    Promise(
        "touch a field that the mapping or the file does not name",
        (
            f"{MATRIX}unset_is_never_written_and_empty_is_a_wish_like_any_other",
            f"{PLAN}movement_of_what_it_does_not_touch_is_fine",
        ),
    ),
    Promise(
        "take away a label that somebody else put there",
        (
            f"{LABELS}what_the_mapping_gains_is_added_and_what_it_loses_is_removed",
            f"{LABELS}a_label_that_was_there_before_the_mapping_named_it_stays_when_it_is_dropped",
            f"{LABELS}after_a_lost_store_the_mark_still_tells_whose_labels_are_whose",
        ),
    ),
    Promise(
        "reopen, close or label again what a person has decided otherwise after its retirement",
        (
            f"{BACK_AGAIN}a_person_who_reopens_it_or_takes_the_label_off_is_respected",
            f"{BACK_AGAIN}what_is_closed_between_the_plan_and_the_write_is_looked_at_anew",
            f"{BACK_AGAIN}where_no_way_leads_back_that_is_told_once_and_the_rest_is_done",
        ),
    ),
    Promise(
        "re-parent, edit or comment on the teams' work",
        (f"{JOB}ours_is_never_counted_as_work_and_nothing_foreign_is_touched",),
    ),
    Promise(
        "write anything that a saved plan does not show",
        (
            f"{PLAN}movement_of_what_it_does_not_touch_is_fine",
            f"{STALE}a_plan_that_was_edited_is_not_done",
            f"{STALE}an_edited_comment_of_a_retirement_is_not_written",
            f"{STALE}a_return_writes_only_the_fields_that_its_plan_shows",
            f"{STALE}a_new_issue_that_would_hang_below_another_epic_than_the_plan_shows_is_named",
            f"{PLAN}a_mark_that_was_taken_off_since_is_not_put_back_unseen",
            f"{STALE}a_retirement_of_what_has_another_status_since_is_refused",
            f"{STALE}a_new_issue_that_was_edited_in_the_file_is_not_created",
            f"{STALE}an_adoption_of_another_issue_than_the_plan_shows_is_named",
            f"{PLAN}a_change_that_was_taken_out_of_the_file_is_not_done",
        ),
    ),
    Promise(
        "write over a page that a person has edited, or that is somebody else's",
        (
            f"{WIKI}what_a_person_wrote_is_held_until_forced",
            f"{WIKI}the_page_of_somebody_else_is_never_taken",
            f"{JOB}a_page_that_a_person_edited_is_held",
        ),
    ),
    Promise(
        "write anything when there is nothing to do",
        (
            f"{JOB}a_second_apply_writes_nothing_and_the_adopted_epic_keeps_its_texts",
            f"{BUDGET}a_thousand_key_results_in_step_take_under_thirty_requests_and_no_write",
        ),
    ),
    Promise(
        "write to Jira in `plan`, `pull` or `sync --mode observe`",
        (
            f"{RULE}looking_writes_nothing_to_jira",
            f"{JOB}observing_writes_nothing_to_jira_and_still_publishes",
        ),
    ),
)

TABLE_TESTS = (
    f"{MATRIX}each_cell_has_the_verdict_of_the_table",
    f"{MATRIX}the_table_has_every_combination_once",
    f"{MATRIX}unset_is_never_written_and_empty_is_a_wish_like_any_other",
)

TOGETHER = (MACHINE,)  # everything that happens, in any order


def every_test() -> tuple[str, ...]:
    """The tests that are named anywhere, each once."""
    named = [test for promise in (*RULES, *NEVER) for test in promise.tests]
    return tuple(sorted({*named, *TABLE_TESTS, *TOGETHER}))
