"""What the sync promises, rule by rule, each with the tests that fail when it is broken; for docs/sync.md."""

from __future__ import annotations

from typing import NamedTuple

_JOB = "tests/contract/test_main_job.py::test_"
_RULES = "tests/contract/test_rules.py::test_"
_PLAN = "tests/contract/test_plan_contract.py::test_"
_STALE = "tests/contract/test_stale_plans.py::test_"
_MAKE = "tests/unit/plan/test_make.py::test_"
_LOST = "tests/contract/test_lost_replies.py::test_"
_GUARDS = "tests/contract/test_guards.py::test_"
_BACK = "tests/contract/test_read_back.py::test_"
_MACHINE = "tests/properties/test_sync_machine.py::TestSyncMachine::runTest"
_STANDS = "tests/contract/test_where_links_stand.py::test_"
_LABELS = "tests/contract/test_labels_one_by_one.py::test_"
_WIKI = "tests/contract/test_wiki_pages.py::test_"
_FLAVORS = "tests/contract/test_flavors.py::test_"
_HELD = "tests/contract/test_what_no_file_holds.py::test_"
_LEASE = "tests/unit/state/test_lease.py::test_"
_BUDGET = "tests/contract/test_request_budget.py::test_"
_MARKS = "tests/contract/test_marks_against_the_store.py::test_"
_BACK_AGAIN = "tests/contract/test_retired_and_back.py::test_"
_PARTIAL = "tests/contract/test_partial_creates.py::test_"
_LIMITS = "tests/unit/sync/test_limits.py::test_"
_WHO = "tests/unit/sync/test_who_is_who.py::test_"
_MATRIX = "tests/unit/plan/test_matrix.py::test_"
_TWO = "tests/contract/test_two_scorecards.py::test_"


class Promise(NamedTuple):
    """One promise in a person's words, and the tests that hold it."""

    what: str
    tests: tuple[str, ...]


RULES = (
    Promise(
        "Identity is written with the issue: the request that creates it brings our mark and our label "
        "along.",
        (
            f"{_JOB}each_issue_carries_its_mark_from_its_first_moment",
            "tests/contract/test_doctor.py::test_what_is_broken_is_told_and_nothing_else",
            "tests/contract/test_capabilities.py::test_where_properties_are_forbidden_labels_say_what_is_ours",
        ),
    ),
    Promise(
        "An intent is stored before every write; after a crash or a lost reply it is settled before "
        "anything is planned.",
        (
            f"{_LOST}created_issues_whose_reply_was_lost_are_found_and_not_made_again",
            f"{_LOST}a_process_that_ends_after_a_write_leaves_nothing_twice",
            f"{_LOST}what_was_created_behind_keys_that_do_not_answer_is_found",
            f"{_LOST}what_is_not_settled_yet_is_held_with_all_that_hangs_below",
            f"{_LOST}what_is_edited_after_a_creation_that_nobody_read_back_is_not_written_over",
            f"{_LOST}what_is_edited_after_an_edit_that_nobody_read_back_is_not_written_over",
            "tests/torture/test_small_scorecard.py::test_it_may_be_killed_at_every_step",
        ),
    ),
    Promise(
        "An index that lags is neither drift nor a reason to create again: values are read by id; Data "
        "Center's search is believed for what was not written of late, or where it shows what was read back.",
        (
            f"{_RULES}an_index_that_still_shows_the_old_value_is_no_drift",
            f"{_FLAVORS}an_index_that_lags_is_neither_drift_nor_a_reason_to_create_again",
            f"{_FLAVORS}an_index_that_shows_what_was_there_before_the_write_is_not_believed",
        ),
    ),
    Promise(
        "What was agreed on lives in the store and on the issue; the higher revision wins, and it is "
        "what was read back.",
        (
            f"{_RULES}a_database_from_a_backup_believes_the_newer_marks",
            f"{_MARKS}only_a_mark_that_is_newer_than_the_store_is_believed",
            f"{_MARKS}an_older_mark_does_not_make_the_store_younger",
            f"{_MARKS}what_was_read_back_is_believed_and_not_what_the_mark_says_was_written",
            f"{_BACK}a_date_that_jira_ignores_is_written_once_for_each_value",
            f"{_RULES}a_database_from_a_backup_never_writes_over_what_it_does_not_know",
            f"{_RULES}the_mark_of_another_store_stops_the_run_before_anything_is_written",
            "tests/contract/test_rebuilding.py::test_a_plan_that_was_empty_before_the_loss_is_empty_after_it",
        ),
    ),
    Promise(
        "What is not ours is never touched: no mark, another scorecard's mark, a clone of ours.",
        (
            f"{_JOB}ours_is_never_counted_as_work_and_nothing_foreign_is_touched",
            f"{_RULES}a_clone_of_ours_is_named_and_not_touched",
            f"{_TWO}an_issue_that_another_scorecard_holds_is_not_adopted",
            f"{_TWO}an_issue_of_ours_that_another_one_has_taken_stops_us",
            f"{_TWO}what_another_one_has_taken_is_let_go_once_nothing_here_asks_for_it",
            f"{_TWO}of_two_that_adopt_one_issue_at_once_the_second_leaves_it",
            f"{_WHO}the_linked_id_wins_and_else_the_lowest_number_and_the_others_are_clones",
        ),
    ),
    Promise(
        "Absence never means delete, and never means create: a vanished issue is held until somebody "
        "decides.",
        (
            f"{_MAKE}a_vanished_issue_is_held_with_what_hangs_below_it",
            f"{_MAKE}what_is_retired_and_never_had_an_issue_gets_none",
            f"{_GUARDS}a_few_that_vanish_hold_only_themselves",
            f"{_GUARDS}what_vanishes_at_once_stops_all_writes",
            f"{_GUARDS}when_none_of_a_few_answers_nothing_is_written_and_nothing_created",
            f"{_STANDS}what_has_vanished_is_held_and_never_created_by_itself",
            f"{_STANDS}what_is_forgotten_is_not_created_and_is_followed_again_when_it_is_back",
            f"{_WHO}what_carries_the_ref_of_a_link_that_does_not_answer_is_a_clone_and_not_its_successor",
            f"{_STANDS}an_issue_that_was_moved_is_followed_by_its_number",
            f"{_PLAN}what_is_created_anew_or_forgotten_travels_and_is_done_once",
            f"{_JOB}what_leaves_the_scorecard_is_closed_with_one_comment_and_never_deleted",
        ),
    ),
    Promise(
        "Guards are data: limits by count and share; they and conflicts stop writes, not the pull and "
        "not the page.",
        (
            f"{_MAKE}guards_name_the_counts_and_the_share",
            f"{_LIMITS}only_more_than_the_limit_is_too_much",
            f"{_LIMITS}only_more_than_the_limit_has_vanished_too_many",
            f"{_LIMITS}force_overrides_only_the_guard_that_it_names",
            f"{_GUARDS}new_ids_alone_are_no_updates_that_people_see_and_do_not_count",
            f"{_GUARDS}a_count_limit_stops_all_writes_but_not_the_pull_until_it_is_forced",
            f"{_GUARDS}a_share_counts_only_above_its_floor_and_what_comes_back_counts_as_an_update",
            f"{_JOB}a_conflict_is_left_alone_and_the_rest_is_done",
            f"{_PLAN}the_limits_hold_for_what_the_saved_plan_does",
            f"{_GUARDS}what_vanishes_at_once_stops_all_writes",
            f"{_GUARDS}when_none_of_a_few_answers_nothing_is_written_and_nothing_created",
            f"{_GUARDS}a_restore_that_is_undone_twice_is_never_written_again",
            "tests/contract/test_deadline.py::test_after_the_deadline_no_batch_is_begun_and_the_next_run_does_the_rest",
        ),
    ),
    Promise(
        "A plan file is a contract; and each batch is looked at once more just before it is written.",
        (
            f"{_STALE}everything_that_moved_is_named_at_once_and_nothing_is_written",
            f"{_PLAN}movement_of_what_it_does_not_touch_is_fine",
            f"{_STALE}a_plan_that_was_edited_is_not_done",
            f"{_STALE}a_new_issue_that_would_hang_below_another_epic_than_the_plan_shows_is_named",
            f"{_LABELS}a_label_that_is_taken_away_between_the_plan_and_the_write_is_seen",
            f"{_STALE}a_new_issue_that_was_edited_in_the_file_is_not_created",
            f"{_STALE}an_adoption_of_another_issue_than_the_plan_shows_is_named",
            f"{_RULES}what_is_edited_between_the_plan_and_the_write_is_not_written_over",
            f"{_BACK}an_edit_that_slipped_in_under_a_write_is_told_with_its_value",
            f"{_BACK}an_edit_of_another_field_or_before_the_last_look_is_no_overwriting",
            f"{_BACK_AGAIN}what_moves_on_between_the_plan_and_the_write_is_not_closed_nor_opened",
            f"{_STANDS}what_is_moved_between_the_plan_and_the_write_is_not_written_to",
            f"{_STALE}a_plan_of_another_scorecard_store_or_site_is_refused",
            f"{_STALE}a_retirement_of_what_has_another_status_since_is_refused",
        ),
    ),
    Promise(
        "After a write it is read back; what Jira ignored or rewrote is told once and not tried for ever.",
        (
            f"{_RULES}what_jira_rewrites_is_told_once_and_not_written_again",
            f"{_BACK}issues_that_are_rewritten_at_their_creation_are_told_once",
            f"{_BACK}a_date_that_jira_ignores_is_written_once_for_each_value",
            f"{_BACK}once_somebody_edits_what_jira_keeps_the_usual_rules_hold_again",
        ),
    ),
    Promise(
        "A failed change skips what hangs below it, and nothing else.",
        (
            f"{_RULES}a_failed_change_skips_what_hangs_below_it_and_nothing_else",
            f"{_PARTIAL}three_of_fifty_are_refused_and_only_they_are_made_by_the_next_run",
        ),
    ),
    Promise(
        "A second apply is empty: no issue version, no page version, no comment, no mail.",
        (
            f"{_JOB}a_second_apply_writes_nothing_and_the_adopted_epic_keeps_its_texts",
            f"{_PLAN}what_is_shown_is_done_and_a_second_time_nothing_is_left",
            f"{_WIKI}a_page_is_created_whole_and_stays_untouched_while_nothing_changes",
        ),
    ),
    Promise(
        "One run at a time for each scorecard, by a lease that is checked again before each batch; the "
        "holder is named.",
        (
            f"{_LEASE}one_run_at_a_time_and_the_holder_is_named",
            f"{_LEASE}the_lease_of_a_killed_process_expires",
            f"{_LEASE}who_has_lost_it_gives_back_nothing_of_the_next_holders",
            f"{_RULES}a_run_that_has_lost_its_lease_writes_nothing_more",
        ),
    ),
    Promise(
        "Values are compared, never payloads: numbers as exact decimals, dates as dates, rich text as "
        "one tree.",
        (
            "tests/unit/plan/test_values.py::test_one_writing",
            "tests/contract/test_values_on_the_wire.py::test_a_value_is_read_as_it_was_written",
            "tests/contract/test_values_on_the_wire.py::test_any_text_is_read_as_it_was_written",
        ),
    ),
    Promise(
        "A page carries its mark in its body, and has an intent of its own.",
        (
            f"{_WIKI}a_reply_lost_at_creation_leaves_one_page_that_the_next_run_finishes",
            f"{_WIKI}a_page_whose_creation_nobody_saw_is_found_also_under_another_name",
            f"{_WIKI}a_page_that_a_person_renamed_and_moved_stays_ours_and_stays_there",
            f"{_WIKI}the_page_of_somebody_else_is_never_taken",
        ),
    ),
)

NEVER = (
    Promise(
        "overwrite what somebody edited in Jira, unless the mapping says `restore` or you say `--take "
        "scorecard`",
        (
            f"{_MATRIX}without_a_decision_only_what_nobody_edited_or_what_is_to_be_restored_is_written",
            f"{_JOB}an_edit_in_jira_is_drift_and_is_not_written_over",
            "tests/contract/test_where_issues_hang.py::test_a_person_who_moves_a_key_result_below_another_epic_has_drifted_it",
            f"{_RULES}a_field_that_becomes_the_scorecard_s_is_filled_and_a_team_s_value_is_not_written_over",
            f"{_MAKE}an_edit_in_jira_is_held_and_a_decision_writes_it",
            f"{_STANDS}a_decision_for_some_leaves_the_others_as_they_stand",
            f"{_RULES}what_is_edited_between_the_plan_and_the_write_is_not_written_over",
            f"{_LOST}what_is_edited_after_a_creation_that_nobody_read_back_is_not_written_over",
            f"{_LOST}what_is_edited_after_an_edit_that_nobody_read_back_is_not_written_over",
            f"{_BACK}an_edit_between_a_write_and_its_reading_is_not_written_over_when_the_scorecard_moves",
            f"{_HELD}it_is_drift_and_a_conflict_and_no_saved_plan_goes_over_it",
        ),
    ),
    Promise(
        "delete an issue, a comment or a page",
        (
            f"{_JOB}what_leaves_the_scorecard_is_closed_with_one_comment_and_never_deleted",
            "tests/unit/test_no_deletion.py::test_nothing_of_ours_ever_asks_for_a_deletion",
        ),
    ),
    Promise(
        "create a second issue for what has one already",
        (
            f"{_LOST}created_issues_whose_reply_was_lost_are_found_and_not_made_again",
            f"{_LOST}a_process_that_ends_after_a_write_leaves_nothing_twice",
            f"{_LOST}what_was_created_behind_keys_that_do_not_answer_is_found",
        ),
    ),
    Promise(
        "create again what has vanished, unless you say `--recreate`",
        (
            f"{_MAKE}a_vanished_issue_is_held_with_what_hangs_below_it",
            f"{_STANDS}what_has_vanished_is_held_and_never_created_by_itself",
            f"{_STANDS}what_is_forgotten_is_not_created_and_is_followed_again_when_it_is_back",
        ),
    ),
    Promise(
        "write in a project that the mapping does not name, unless you say `--force projects`",
        (
            f"{_GUARDS}in_a_foreign_project_nothing_is_written_unless_it_is_named_or_forced",
            f"{_STANDS}what_is_moved_between_the_plan_and_the_write_is_not_written_to",
        ),
    ),
    Promise(
        "fight on with a rule of the site that undoes what is restored",
        (f"{_GUARDS}a_restore_that_is_undone_twice_is_never_written_again",),
    ),
    Promise(
        "touch an issue without our mark, or with another scorecard's",
        (
            f"{_JOB}ours_is_never_counted_as_work_and_nothing_foreign_is_touched",
            f"{_TWO}an_issue_that_another_scorecard_holds_is_not_adopted",
            f"{_TWO}an_issue_of_ours_that_another_one_has_taken_stops_us",
            f"{_TWO}what_another_one_has_taken_is_let_go_once_nothing_here_asks_for_it",
            f"{_TWO}of_two_that_adopt_one_issue_at_once_the_second_leaves_it",
        ),
    ),
    Promise(
        "change the texts of an epic that was adopted, until you decide",
        (f"{_JOB}a_second_apply_writes_nothing_and_the_adopted_epic_keeps_its_texts",),
    ),
    Promise(
        "touch a field that the mapping or the file does not name",
        (
            f"{_MATRIX}unset_is_never_written_and_empty_is_a_wish_like_any_other",
            f"{_PLAN}movement_of_what_it_does_not_touch_is_fine",
        ),
    ),
    Promise(
        "take away a label that somebody else put there",
        (
            f"{_LABELS}what_the_mapping_gains_is_added_and_what_it_loses_is_removed",
            f"{_LABELS}a_label_that_was_there_before_the_mapping_named_it_stays_when_it_is_dropped",
            f"{_LABELS}after_a_lost_store_the_mark_still_tells_whose_labels_are_whose",
        ),
    ),
    Promise(
        "reopen, close or label again what a person has decided otherwise after its retirement",
        (
            f"{_BACK_AGAIN}a_person_who_reopens_it_or_takes_the_label_off_is_respected",
            f"{_BACK_AGAIN}what_is_closed_between_the_plan_and_the_write_is_looked_at_anew",
            f"{_BACK_AGAIN}where_no_way_leads_back_that_is_told_once_and_the_rest_is_done",
        ),
    ),
    Promise(
        "re-parent, edit or comment on the teams' work",
        (f"{_JOB}ours_is_never_counted_as_work_and_nothing_foreign_is_touched",),
    ),
    Promise(
        "write anything that a saved plan does not show",
        (
            f"{_PLAN}movement_of_what_it_does_not_touch_is_fine",
            f"{_STALE}a_plan_that_was_edited_is_not_done",
            f"{_STALE}an_edited_comment_of_a_retirement_is_not_written",
            f"{_STALE}a_return_writes_only_the_fields_that_its_plan_shows",
            f"{_STALE}a_new_issue_that_would_hang_below_another_epic_than_the_plan_shows_is_named",
            f"{_PLAN}a_mark_that_was_taken_off_since_is_not_put_back_unseen",
            f"{_STALE}a_retirement_of_what_has_another_status_since_is_refused",
            f"{_STALE}a_new_issue_that_was_edited_in_the_file_is_not_created",
            f"{_STALE}an_adoption_of_another_issue_than_the_plan_shows_is_named",
            f"{_PLAN}a_change_that_was_taken_out_of_the_file_is_not_done",
        ),
    ),
    Promise(
        "write over a page that a person has edited, or that is somebody else's",
        (
            f"{_WIKI}what_a_person_wrote_is_held_until_forced",
            f"{_WIKI}the_page_of_somebody_else_is_never_taken",
            f"{_JOB}a_page_that_a_person_edited_is_held",
        ),
    ),
    Promise(
        "write anything when there is nothing to do",
        (
            f"{_JOB}a_second_apply_writes_nothing_and_the_adopted_epic_keeps_its_texts",
            f"{_BUDGET}a_thousand_key_results_in_step_take_under_thirty_requests_and_no_write",
        ),
    ),
    Promise(
        "write to Jira in `plan`, `pull` or `sync --mode observe`",
        (
            f"{_RULES}looking_writes_nothing_to_jira",
            f"{_JOB}observing_writes_nothing_to_jira_and_still_publishes",
        ),
    ),
)

TABLE_TESTS = (
    f"{_MATRIX}each_cell_has_the_verdict_of_the_table",
    f"{_MATRIX}the_table_has_every_combination_once",
    f"{_MATRIX}unset_is_never_written_and_empty_is_a_wish_like_any_other",
)

TOGETHER = (_MACHINE,)  # everything that happens, in any order


def every_test() -> tuple[str, ...]:
    """The tests that are named anywhere, each once."""
    named = [test for promise in (*RULES, *NEVER) for test in promise.tests]
    return tuple(sorted({*named, *TABLE_TESTS, *TOGETHER}))
