"""Made-up records in great number, to measure with in a scratch database: `making.fill`."""
