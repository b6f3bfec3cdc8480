"""Where models run: on this machine or on a server, behind one seam (`base.Engine`)."""
