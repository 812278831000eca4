"""The nouns of the field, one file each."""

from commitments.models.accounts import DeskPreference
from commitments.models.assessments import Assessment
from commitments.models.attached import Attached
from commitments.models.base import Countersigned, Record, Reviewed, Version
from commitments.models.citations import TARGETS, Citation
from commitments.models.commitments import Commitment, Undertaking
from commitments.models.discrepancies import Claim, Discrepancy
from commitments.models.imports import SpreadsheetImport, SpreadsheetRow
from commitments.models.meetings import Instrument, Meeting
from commitments.models.milestones import Milestone
from commitments.models.notes import NOTED, FollowUpNote
from commitments.models.parties import Membership, Party
from commitments.models.revision import Revision
from commitments.models.searches import Search
from commitments.models.sectors import Sector
from commitments.models.sources import Source
from commitments.models.words import Posting, RecordWords
