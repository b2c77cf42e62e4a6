"""The tests of the public contract, run against the containers.

Left out are tests that use the processes or the files of `make run`, or start it with another rate limit.
test_hardening and test_failures have similar ones.
"""

# ruff: noqa: F403, F821
from tests.integration.test_errors import *
from tests.integration.test_headers import *
from tests.integration.test_limits import *
from tests.integration.test_openapi import *
from tests.integration.test_recognition import *
from tests.integration.test_routes import *

del test_clients_request_id_is_in_the_response_and_in_both_logs
del test_batches_beyond_the_limit_of_their_size_class_are_refused_at_once_and_the_others_answered
del test_small_images_are_not_refused_for_the_sake_of_large_batches
del test_request_that_its_client_has_given_up_keeps_its_place
del test_client_over_the_rate_gets_429_with_retry_after_and_still_the_page
