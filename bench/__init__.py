"""What is measured, and how: the scripts run by themselves; `make_synthetic` fills the databases that they measure."""
