"""Videos that show recorded characters."""
