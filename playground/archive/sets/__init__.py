"""Line-ups that a person keeps by a name, beside the media, so that they are where those are."""
