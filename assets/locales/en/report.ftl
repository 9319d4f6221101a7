### English: structured reports.
