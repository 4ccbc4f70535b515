"""Every door over HTTP."""
