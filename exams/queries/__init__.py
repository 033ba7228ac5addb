"""The readers: SQL in, plain records out. Views do no arithmetic, these write nothing."""
