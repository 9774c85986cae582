"""What pages about two models show, as records: each file one part of the page."""
