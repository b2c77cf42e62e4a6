"""The whole public contract, against the containers: the same tests that `make run` has to pass.

Not here: what looks into the files and processes of `make run` itself, and what starts it with another rate limit.
test_hardening asks the containers for the same.
"""

# ruff: noqa: F403, F821
from tests.integration.test_errors import *
from tests.integration.test_headers import *
from tests.integration.test_limits import *
from tests.integration.test_openapi import *
from tests.integration.test_recognition import *
from tests.integration.test_routes import *

del test_clients_own_id_comes_back_and_is_in_both_logs
del test_client_over_the_rate_gets_429_with_retry_after_and_the_page_stays
