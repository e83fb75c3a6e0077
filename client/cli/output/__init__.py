"""What a user reads: results, tables, histories, progress, reports."""
