"""What the labelled set holds is data, though some of it is named like tests."""

collect_ignore = ["documents"]
