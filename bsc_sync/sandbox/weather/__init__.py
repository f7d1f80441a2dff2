"""The bad days of a site: scripted faults, rate limits, latency, and a record of every request."""
