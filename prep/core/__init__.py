"""What every other room of prep uses: values, model specs, errors, words, files."""
