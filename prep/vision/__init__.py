"""What one picture shows: faces, their pose and expression, figures, quality."""
