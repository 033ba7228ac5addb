"""What ``make bench`` runs: figures of this machine, this run, with their targets."""
