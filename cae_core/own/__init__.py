"""A visitor's own data: from a file to a `Dataset`, within limits, and nothing read before its size is known."""
