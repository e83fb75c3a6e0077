"""What one picture shows: faces, their mesh, pose and expression; figures; sharpness and light."""
