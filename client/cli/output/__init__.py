"""What a user reads: results, tables, history, progress, reports."""
