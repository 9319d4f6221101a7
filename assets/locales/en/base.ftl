### English: jobs, times, ages, and words used everywhere.
