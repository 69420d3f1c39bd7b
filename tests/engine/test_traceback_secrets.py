from services.jobs.failure import detail


def test_a_traceback_is_kept_without_secrets() -> None:
    try:
        raise RuntimeError("cannot reach postgresql://u:hunter2@h with password=hunter3")
    except RuntimeError as e:
        kept = detail(e)
    assert "RuntimeError" in kept
    assert "hunter" not in kept
