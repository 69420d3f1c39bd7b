"""What a setting is at fault for is taken up again; what the model refuses of a question never is."""

import pytest

from clients.openai_chat import ChatClient, DescriberRefused
from services.footage.running import problem_of
from tests.servers.faulty import Fault
from tests.servers.openai import OpenAiServer


@pytest.mark.parametrize(("status", "is_final"), [(401, False), (403, False), (404, False), (400, True), (413, True)])
def test_it_is_final_only_where_the_question_is_refused(server: OpenAiServer, status: int, is_final: bool) -> None:
    server.faults.append(Fault(status))
    with pytest.raises(DescriberRefused) as refused:
        ChatClient.of(server.url, "gpt-4o-mini", None).ask("What is it?")
    assert problem_of(refused.value).is_final is is_final
