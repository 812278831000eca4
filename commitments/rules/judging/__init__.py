"""Judgements and settlements: what must stand behind them, which one is in force, who signed."""
