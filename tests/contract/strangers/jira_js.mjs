// Does with jira.js what a user's own program would do, and prints what it saw as one JSON object.
import { Version2Client, Version3Client } from "jira.js";

const [version, host, email, apiToken] = process.argv.slice(2);
const Client = version === "2" ? Version2Client : Version3Client;
const client = new Client({ host, authentication: { basic: { email, apiToken } } });
const text = (words) =>
  version === "2"
    ? words
    : { type: "doc", version: 1, content: [{ type: "paragraph", content: [{ type: "text", text: words }] }] };

const seen = {};
seen.me = (await client.myself.getCurrentUser()).accountId;

const query = { jql: "parent = OPS-1 ORDER BY key", fields: ["summary"], maxResults: 100 };
seen.keys = [];
seen.pages = 0;
let nextPageToken;
do {
  const page = await client.issueSearch.searchForIssuesUsingJqlEnhancedSearchPost({ ...query, nextPageToken });
  seen.keys.push(...page.issues.map((issue) => issue.key));
  seen.pages += 1;
  nextPageToken = page.nextPageToken;
} while (nextPageToken);

const created = await client.issues.createIssue({
  fields: {
    project: { key: "OPS" },
    issuetype: { name: "Task" },
    summary: "Ring the bell",
    description: text("It rings."),
    parent: { key: "OPS-1" },
  },
});
await client.issues.editIssue({ issueIdOrKey: created.key, fields: { summary: "Rang the bell" } });
const { transitions } = await client.issues.getTransitions({ issueIdOrKey: created.key });
const done = transitions.find((one) => one.name === "Done");
await client.issues.doTransition({ issueIdOrKey: created.key, transition: { id: done.id } });
await client.issueComments.addComment({ issueIdOrKey: created.key, comment: text("Loudly.") });
await client.issueLinks.linkIssues({
  type: { name: "Blocks" },
  inwardIssue: { key: created.key },
  outwardIssue: { key: "OPS-2" },
});
const issue = await client.issues.getIssue({ issueIdOrKey: created.key });
seen.key = issue.key;
seen.summary = issue.fields.summary;
seen.status = issue.fields.status.statusCategory.key;
seen.comments = issue.fields.comment.comments.length;
seen.linked = issue.fields.issuelinks[0].outwardIssue.key;
await client.issues.deleteIssue({ issueIdOrKey: created.key });
try {
  await client.issues.getIssue({ issueIdOrKey: created.key });
} catch (error) {
  seen.gone = error.status ?? error.response?.status;
}
console.log(JSON.stringify(seen));
