"""What the sync promises, rule by rule, each with the tests that fail when it is broken; for docs/sync.md."""

from __future__ import annotations

from tests.proofs import (
    BACK,
    BACK_AGAIN,
    CUT_OFF,
    FLAVORS,
    GUARDS,
    JOB,
    LABELS,
    LEASE,
    LIMITS,
    LOST,
    MAKE,
    MARKS,
    PARTIAL,
    PLAN,
    RULE,
    STALE,
    STANDS,
    TWO,
    WHO,
    WIKI,
    Promise,
)

RULES = (
    Promise(
        "Identity is written with the issue: the request that creates it brings our mark and our label "
        "along.",
        (
            f"{JOB}each_issue_carries_its_mark_from_its_first_moment",
            "tests/contract/test_doctor.py::test_what_is_broken_is_told_and_nothing_else",
            "tests/contract/test_capabilities.py::test_where_properties_are_forbidden_labels_say_what_is_ours",
        ),
    ),
    Promise(
        "An intent is stored before every write; after a crash or a lost reply it is settled before "
        "anything is planned.",
        (
            f"{LOST}created_issues_whose_reply_was_lost_are_found_and_not_made_again",
            f"{LOST}a_process_that_ends_after_a_write_leaves_nothing_twice",
            f"{LOST}what_was_created_behind_keys_that_do_not_answer_is_found",
            f"{CUT_OFF}what_was_created_unseen_and_is_hidden_since_is_not_created_again",
            f"{CUT_OFF}what_was_created_unseen_and_is_gone_since_is_created_anew_where_somebody_says_so",
            f"{LOST}what_is_not_settled_yet_is_held_with_all_that_hangs_below",
            f"{LOST}what_is_edited_after_a_creation_that_nobody_read_back_is_not_written_over",
            f"{LOST}what_is_edited_after_an_edit_that_nobody_read_back_is_not_written_over",
            "tests/torture/test_small_scorecard.py::test_it_may_be_killed_at_every_step",
        ),
    ),
    Promise(
        "An index that lags is neither drift nor a reason to create again: values are read by id; Data "
        "Center's search is believed for what was not written of late, or where it shows what was read back.",
        (
            f"{RULE}an_index_that_still_shows_the_old_value_is_no_drift",
            f"{FLAVORS}an_index_that_lags_is_neither_drift_nor_a_reason_to_create_again",
            f"{FLAVORS}an_index_that_shows_what_was_there_before_the_write_is_not_believed",
        ),
    ),
    Promise(
        "What was agreed on lives in the store and on the issue; the higher revision wins, and it is "
        "what was read back.",
        (
            f"{RULE}a_database_from_a_backup_believes_the_newer_marks",
            f"{MARKS}only_a_mark_that_is_newer_than_the_store_is_believed",
            f"{MARKS}an_older_mark_does_not_make_the_store_younger",
            f"{MARKS}what_was_read_back_is_believed_and_not_what_the_mark_says_was_written",
            f"{BACK}a_date_that_jira_ignores_is_written_once_for_each_value",
            f"{RULE}a_database_from_a_backup_never_writes_over_what_it_does_not_know",
            f"{RULE}the_mark_of_another_store_stops_the_run_before_anything_is_written",
            "tests/contract/test_rebuilding.py::test_a_plan_that_was_empty_before_the_loss_is_empty_after_it",
        ),
    ),
    Promise(
        "What is not ours is never touched: no mark, another scorecard's mark, a clone of ours.",
        (
            f"{JOB}ours_is_never_counted_as_work_and_nothing_foreign_is_touched",
            f"{RULE}a_clone_of_ours_is_named_and_not_touched",
            f"{TWO}an_issue_that_another_scorecard_holds_is_not_adopted",
            f"{TWO}an_issue_of_ours_that_another_one_has_taken_stops_us",
            f"{TWO}what_another_one_has_taken_is_let_go_once_nothing_here_asks_for_it",
            f"{TWO}of_two_that_adopt_one_issue_at_once_the_second_leaves_it",
            f"{WHO}the_linked_id_wins_and_else_the_lowest_number_and_the_others_are_clones",
        ),
    ),
    Promise(
        "Absence never means delete, and never means create: a vanished issue is held until somebody "
        "decides.",
        (
            f"{MAKE}a_vanished_issue_is_held_with_what_hangs_below_it",
            f"{MAKE}what_is_retired_and_never_had_an_issue_gets_none",
            f"{GUARDS}a_few_that_vanish_hold_only_themselves",
            f"{GUARDS}what_vanishes_at_once_stops_all_writes",
            f"{GUARDS}when_none_of_a_few_answers_nothing_is_written_and_nothing_created",
            f"{STANDS}what_has_vanished_is_held_and_never_created_by_itself",
            f"{STANDS}what_is_forgotten_is_not_created_and_is_followed_again_when_it_is_back",
            f"{WHO}what_carries_the_ref_of_a_link_that_does_not_answer_is_a_clone_and_not_its_successor",
            f"{STANDS}an_issue_that_was_moved_is_followed_by_its_number",
            f"{PLAN}what_is_created_anew_or_forgotten_travels_and_is_done_once",
            f"{JOB}what_leaves_the_scorecard_is_closed_with_one_comment_and_never_deleted",
        ),
    ),
    Promise(
        "Guards are data: limits by count and share; they and conflicts stop writes, not the pull and "
        "not the page.",
        (
            f"{MAKE}guards_name_the_counts_and_the_share",
            f"{LIMITS}only_more_than_the_limit_is_too_much",
            f"{LIMITS}only_more_than_the_limit_has_vanished_too_many",
            f"{LIMITS}force_overrides_only_the_guard_that_it_names",
            f"{GUARDS}new_ids_alone_are_no_updates_that_people_see_and_do_not_count",
            f"{GUARDS}a_count_limit_stops_all_writes_but_not_the_pull_until_it_is_forced",
            f"{GUARDS}a_share_counts_only_above_its_floor_and_what_comes_back_counts_as_an_update",
            f"{JOB}a_conflict_is_left_alone_and_the_rest_is_done",
            f"{PLAN}the_limits_hold_for_what_the_saved_plan_does",
            f"{GUARDS}what_vanishes_at_once_stops_all_writes",
            f"{GUARDS}when_none_of_a_few_answers_nothing_is_written_and_nothing_created",
            f"{GUARDS}a_restore_that_is_undone_twice_is_never_written_again",
            "tests/contract/test_deadline.py::test_after_the_deadline_no_batch_is_begun_and_the_next_run_does_the_rest",
        ),
    ),
    Promise(
        "A plan file is a contract; and each batch is looked at once more just before it is written.",
        (
            f"{STALE}everything_that_moved_is_named_at_once_and_nothing_is_written",
            f"{PLAN}movement_of_what_it_does_not_touch_is_fine",
            f"{STALE}a_plan_that_was_edited_is_not_done",
            f"{STALE}a_new_issue_that_would_hang_below_another_epic_than_the_plan_shows_is_named",
            f"{LABELS}a_label_that_is_taken_away_between_the_plan_and_the_write_is_seen",
            f"{STALE}a_new_issue_that_was_edited_in_the_file_is_not_created",
            f"{STALE}an_adoption_of_another_issue_than_the_plan_shows_is_named",
            f"{RULE}what_is_edited_between_the_plan_and_the_write_is_not_written_over",
            f"{BACK}an_edit_that_slipped_in_under_a_write_is_told_with_its_value",
            f"{BACK}an_edit_of_another_field_or_before_the_last_look_is_no_overwriting",
            f"{BACK_AGAIN}what_moves_on_between_the_plan_and_the_write_is_not_closed_nor_opened",
            f"{STANDS}what_is_moved_between_the_plan_and_the_write_is_not_written_to",
            f"{STALE}a_plan_of_another_scorecard_store_or_site_is_refused",
            f"{STALE}a_retirement_of_what_has_another_status_since_is_refused",
        ),
    ),
    Promise(
        "After a write it is read back; what Jira ignored or rewrote is told once and not tried for ever.",
        (
            f"{RULE}what_jira_rewrites_is_told_once_and_not_written_again",
            f"{BACK}issues_that_are_rewritten_at_their_creation_are_told_once",
            f"{BACK}a_date_that_jira_ignores_is_written_once_for_each_value",
            f"{BACK}once_somebody_edits_what_jira_keeps_the_usual_rules_hold_again",
        ),
    ),
    Promise(
        "A failed change skips what hangs below it, and nothing else.",
        (
            f"{RULE}a_failed_change_skips_what_hangs_below_it_and_nothing_else",
            f"{PARTIAL}three_of_fifty_are_refused_and_only_they_are_made_by_the_next_run",
        ),
    ),
    Promise(
        "A second apply is empty: no issue version, no page version, no comment, no mail.",
        (
            f"{JOB}a_second_apply_writes_nothing_and_the_adopted_epic_keeps_its_texts",
            f"{PLAN}what_is_shown_is_done_and_a_second_time_nothing_is_left",
            f"{WIKI}a_page_is_created_whole_and_stays_untouched_while_nothing_changes",
        ),
    ),
    Promise(
        "One run at a time for each scorecard, by a lease that is checked again before each batch; the "
        "holder is named.",
        (
            f"{LEASE}one_run_at_a_time_and_the_holder_is_named",
            f"{LEASE}the_lease_of_a_killed_process_expires",
            f"{LEASE}who_has_lost_it_gives_back_nothing_of_the_next_holders",
            f"{RULE}a_run_that_has_lost_its_lease_writes_nothing_more",
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
            f"{WIKI}a_reply_lost_at_creation_leaves_one_page_that_the_next_run_finishes",
            f"{WIKI}a_page_whose_creation_nobody_saw_is_found_also_under_another_name",
            f"{WIKI}a_page_that_a_person_renamed_and_moved_stays_ours_and_stays_there",
            f"{WIKI}the_page_of_somebody_else_is_never_taken",
        ),
    ),
)
