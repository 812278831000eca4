"""The tables of the public data, declared once: API, downloads, bundle and dictionary are made of them."""

from commitments.data.tables.fields import Column, Described, Row, Table
from commitments.data.tables.nouns import TABLES
from commitments.data.tables.rows import ordered, rows
