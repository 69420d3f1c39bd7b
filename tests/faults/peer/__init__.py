"""The same faults made to plain RQ with rq-dashboard, each set up as its documentation says."""
