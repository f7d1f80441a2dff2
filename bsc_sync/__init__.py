"""bsc-sync keeps a Balanced Scorecard in step with the Jira a company already lives in."""

__version__ = "0.1.0"
