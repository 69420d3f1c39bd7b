"""What became of jobs, counted by the minute: kept when the jobs are gone, and read without looking at them."""
