"""bsc-sync beside two scripts that a user would write; figures, never a test. See docs/bench.md."""
