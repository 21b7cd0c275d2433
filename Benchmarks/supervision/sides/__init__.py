"""The supervisors that are compared, ours first."""
from .circus import Circus
from .ours import Ours
from .runit import Runit
from .s6 import S6
from .supervisord import Supervisord

ALL = (Ours, Circus, Supervisord, S6, Runit)
