"""The judges of exercises: each accepts a solution or says what is wrong with it."""
