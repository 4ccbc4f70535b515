"""Who may call: API keys of programs, tokens of staff, policies."""
