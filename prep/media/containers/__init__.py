"""What container files say that FFmpeg does not hand on: boxes, elements, indexes, joints of films."""
