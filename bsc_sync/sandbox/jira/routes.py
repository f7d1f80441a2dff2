"""Which handler answers which path, on Cloud and on Data Center."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

from bsc_sync.sandbox.jira import (
    accounts,
    agile,
    changelog,
    comments,
    field_making,
    links,
    metadata,
    my_permissions,
    offset_search,
    properties,
    reading_issues,
    screen_schemes,
    screens,
    search,
    settings,
    workflow,
    writing,
)
from bsc_sync.sandbox.jira.call import Reply

if TYPE_CHECKING:
    from bsc_sync.sandbox.site import Site

Route = tuple[str, str, Callable[..., Reply]]

_BOTH: tuple[Route, ...] = (
    ("GET", "/serverInfo", settings.server_info),
    ("GET", "/myself", accounts.myself),
    ("GET", "/user", accounts.one_user),
    ("GET", "/user/search", accounts.find_users),
    ("GET", "/user/assignable/search", accounts.assignable_users),
    ("GET", "/mypermissions", my_permissions.my_permissions),
    ("GET", "/field", settings.all_fields),
    ("POST", "/field", field_making.create_field),
    ("GET", "/screens", screens.list_screens),
    ("POST", "/screens/addToDefault/<field_id>", screens.add_to_default),
    ("GET", "/screens/<screen_id>/tabs", screens.list_tabs),
    ("GET", "/screens/<screen_id>/tabs/<tab_id>/fields", screens.list_fields),
    ("POST", "/screens/<screen_id>/tabs/<tab_id>/fields", screens.add_field),
    ("GET", "/screens/<screen_id>/availableFields", screens.available_fields),
    ("GET", "/issuetype", settings.all_types),
    ("GET", "/issuetype/<key>", settings.one_type),
    ("GET", "/status", settings.all_statuses),
    ("GET", "/status/<key>", settings.one_status),
    ("GET", "/statuscategory", settings.all_categories),
    ("GET", "/priority", settings.all_priorities),
    ("GET", "/resolution", settings.all_resolutions),
    ("GET", "/issueLinkType", settings.all_link_types),
    ("GET", "/project", settings.all_projects),
    ("GET", "/project/<key>", settings.one_project),
    ("GET", "/project/<key>/statuses", settings.project_statuses),
    ("GET", "/project/<key>/components", settings.project_components),
    ("POST", "/issue", writing.create_issue),
    ("POST", "/issue/bulk", writing.create_issues),
    ("GET", "/issue/createmeta/<key>/issuetypes", metadata.create_types),
    ("GET", "/issue/createmeta/<key>/issuetypes/<type_id>", metadata.create_fields),
    ("GET", "/issue/<key>", reading_issues.read_issue),
    ("PUT", "/issue/<key>", writing.edit_issue),
    ("DELETE", "/issue/<key>", writing.delete_issue),
    ("PUT", "/issue/<key>/assignee", writing.assign_issue),
    ("GET", "/issue/<key>/editmeta", metadata.edit_fields),
    ("GET", "/issue/<key>/transitions", workflow.list_transitions),
    ("POST", "/issue/<key>/transitions", workflow.make_transition),
    ("GET", "/issue/<key>/comment", comments.list_comments),
    ("POST", "/issue/<key>/comment", comments.create_comment),
    ("GET", "/issue/<key>/comment/<comment_id>", comments.read_comment),
    ("GET", "/issue/<key>/properties", properties.list_properties),
    ("GET", "/issue/<key>/properties/<name>", properties.read_property),
    ("PUT", "/issue/<key>/properties/<name>", properties.set_property),
    ("DELETE", "/issue/<key>/properties/<name>", properties.delete_property),
    ("POST", "/issueLink", links.create_link),
    ("GET", "/issueLink/<link_id>", links.read_link),
    ("DELETE", "/issueLink/<link_id>", links.delete_link),
    ("GET", "/issue/<key>/remotelink", links.list_remote_links),
    ("POST", "/issue/<key>/remotelink", links.set_remote_link),
    ("DELETE", "/issue/<key>/remotelink", links.delete_remote_link),
    ("GET", "/issue/<key>/remotelink/<link_id>", links.read_remote_link),
    ("DELETE", "/issue/<key>/remotelink/<link_id>", links.delete_remote_link),
)
_CLOUD: tuple[Route, ...] = (
    ("GET", "/project/search", settings.search_projects),
    ("GET", "/search", search.removed_search),
    ("POST", "/search", search.removed_search),
    ("GET", "/search/jql", search.search_by_query),
    ("POST", "/search/jql", search.search_by_body),
    ("POST", "/search/approximate-count", search.approximate_count),
    ("POST", "/jql/parse", search.parse_queries),
    ("POST", "/issue/bulkfetch", search.fetch_issues),
    ("GET", "/issue/<key>/changelog", changelog.read_changelog),
    ("POST", "/changelog/bulkfetch", changelog.bulk_changelog),
    ("GET", "/issue/createmeta", metadata.create_everything),
    ("GET", "/field/search", field_making.search_fields),
    ("POST", "/permissions/check", my_permissions.check_permissions),
    ("GET", "/issuetypescreenscheme/project", screen_schemes.schemes_of_projects),
    ("GET", "/issuetypescreenscheme/mapping", screen_schemes.mappings),
    ("GET", "/screenscheme", screen_schemes.screen_schemes),
    ("GET", "/field/<field_id>/context", field_making.list_contexts),
    ("POST", "/field/<field_id>/context", field_making.create_context),
    ("GET", "/field/<field_id>/context/<context_id>/option", field_making.list_options),
    ("POST", "/field/<field_id>/context/<context_id>/option", field_making.create_options),
)
_DATA_CENTER: tuple[Route, ...] = (
    ("GET", "/search", offset_search.search_by_query),
    ("POST", "/search", offset_search.search_by_body),
    ("GET", "/customFields", field_making.list_custom_fields),
    ("GET", "/customFields/<field_id>/options", field_making.list_all_options),
)
_BEFORE_9: tuple[Route, ...] = (("GET", "/issue/createmeta", metadata.create_everything),)
_SINCE_8_4 = frozenset({metadata.create_types, metadata.create_fields})

AGILE: tuple[Route, ...] = (
    ("GET", "/epic/<key>", agile.read_epic),
    ("GET", "/epic/<key>/issue", agile.epic_issues),
    ("POST", "/epic/<key>/issue", agile.move_to_epic),
    ("GET", "/epic/none/issue", agile.issues_without_epic),
    ("POST", "/epic/none/issue", agile.move_out_of_epics),
    ("GET", "/board", agile.list_boards),
    ("GET", "/board/<board_id>", agile.read_board),
    ("GET", "/board/<board_id>/issue", agile.board_issues),
)


def routes_of(site: Site) -> Iterator[Route]:
    """The routes below `/rest/api/{version}` that a site of this flavor and version has."""
    if site.flavor == "cloud":
        yield from (*_BOTH, *_CLOUD)
        return
    for route in (*_BOTH, *_DATA_CENTER):
        if site.release >= (8, 4) or route[2] not in _SINCE_8_4:
            yield route
    if site.release < (9,):
        yield from _BEFORE_9
