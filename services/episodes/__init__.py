"""Episodes: taken in, listened to, understood, and cut into clips."""
