"""How true the sandbox and our requests are to Atlassian's own documents: `python -m tests.fidelity`."""
