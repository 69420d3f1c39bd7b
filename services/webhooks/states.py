"""The states of a delivery."""

PENDING, DELIVERED, FAILED, CANCELED = "pending", "delivered", "failed", "canceled"
STATES = (PENDING, DELIVERED, FAILED, CANCELED)
ENDED = (DELIVERED, FAILED, CANCELED)
