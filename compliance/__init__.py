"""Rules, guard, labels, presence, privacy, ledger."""
