"""What all of prep shares: values between stages, specs, wishes, errors, progress, files, JSON."""
