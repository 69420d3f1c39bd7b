"""The guards that Backbeat's promises rest on: where each stands, and which test misses it."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Guard:
    """`text` stands once in `file`; with `replacement` in its place `test`, a pytest selection, must fail."""

    name: str
    file: str
    text: str
    replacement: str
    test: str

    def taken_from(self, whole: str) -> str:
        """The file without the guard.

        :raise AssertionError: if it does not stand there exactly once.
        """
        count = whole.count(self.text)
        assert count == 1, f"The guard “{self.name}” stands {count} times in {self.file}; it should stand there once."
        return whole.replace(self.text, self.replacement)


MOVES, TRANSITIONS, ATTEMPTS = "services/jobs/moves.py", "services/jobs/transitions.py", "services/jobs/attempts.py"
CLAIMS = "services/jobs/claims.py"
WORKER, PROGRESS, FENCE = "workers/worker.py", "store/progress.py", "tests/engine/test_fence.py"
ALONE, REAL_WORKER, HORSES = "tests/engine/test_guards.py", "tests/workers/test_worker.py", "workers/horses.py"
TICKING, TICKS = "services/schedules/ticking.py", "tests/faults/test_ticks.py"
DEPENDENCIES, WAITING = "services/jobs/dependencies.py", "tests/engine/test_dependency_races.py"
PUBLIC_HTTP, WEBHOOKS, REBINDING = "clients/public_http.py", "services/webhooks", "tests/webhooks/test_rebinding.py"
LEASES, HEARD = "tests/webhooks/test_leases.py", "tests/webhooks/test_public_http.py"
FINISHING = "services/renders/finishing.py"
PERMISSION, HOST_AND_SITE = "blueprints/access/permission.py", "blueprints/guards.py"

GUARDS = (
    Guard(
        "lock on what is waited for",
        DEPENDENCIES,
        ".with_for_update(read=True)",
        "",
        f"{WAITING}::test_the_end_waits_for_whoever_is_about_to_wait",
    ),
    Guard(
        "status of who is freed",
        DEPENDENCIES,
        ".where(Job.after_id.in_(awaited_ids), STILL_WAITS)\n        .values(",
        ".where(Job.after_id.in_(awaited_ids))\n        .values(",
        "tests/engine/test_dependencies.py::test_it_can_be_canceled_while_it_waits",
    ),
    Guard(
        "attempt in the fence",
        MOVES,
        "and_(Job.id == job_id, Job.attempt == attempt, Job.status == states.STARTED)",
        "and_(Job.id == job_id, Job.status == states.STARTED)",
        f"{FENCE}::test_it_refuses_the_end_of_an_attempt_when_the_next_one_runs",
    ),
    Guard(
        "status in the fence",
        MOVES,
        "and_(Job.id == job_id, Job.attempt == attempt, Job.status == states.STARTED)",
        "and_(Job.id == job_id, Job.attempt == attempt)",
        f"{ALONE}::test_it_ends_an_attempt_once",
    ),
    Guard(
        "late finish refused",
        TRANSITIONS,
        'raise LeaseLost(f"Attempt {attempt} of job {job_id} is not ours any more.")',
        "return",
        f"{FENCE}::test_it_refuses_the_end_of_an_attempt_that_was_rescued",
    ),
    Guard(
        "status in the claim",
        CLAIMS,
        "            Job.status == states.QUEUED,\n            Job.cancel_requested_at.is_(None),\n",
        "            Job.cancel_requested_at.is_(None),\n",
        f"{FENCE}::test_it_gives_an_attempt_to_one_only",
    ),
    Guard(
        "attempt in the claim",
        CLAIMS,
        '    Job.attempt == bindparam("its_attempt"),\n',
        "",
        f"{ALONE}::test_it_gives_no_job_to_a_ring_for_another_attempt",
    ),
    Guard(
        "cancel in the claim",
        CLAIMS,
        "            Job.cancel_requested_at.is_(None),\n            not_(_PAUSED),\n",
        "            not_(_PAUSED),\n",
        f"{ALONE}::test_it_starts_nothing_that_was_asked_to_stop",
    ),
    Guard(
        "pause in the claim",
        CLAIMS,
        "            not_(_PAUSED),\n",
        "",
        "tests/engine/test_pauses.py::test_a_paused_queue_gives_no_job_away",
    ),
    Guard(
        "cancel in the next attempt",
        TRANSITIONS,
        "guard = and_(holds(job_id, attempt), Job.cancel_requested_at.is_(None))",
        "guard = holds(job_id, attempt)",
        f"{ALONE}::test_a_cancel_is_not_forgotten_by_the_next_attempt",
    ),
    Guard(
        "status when a job is started over",
        TRANSITIONS,
        "guard = and_(Job.id == job_id, Job.status.in_((states.FAILED, states.CANCELED)))",
        "guard = and_(Job.id == job_id)",
        f"{ALONE}::test_it_starts_nothing_over_that_was_started_over_already",
    ),
    Guard(
        "effect within the transaction of the end",
        ATTEMPTS,
        "        outcome.save()\n",
        "        session.commit()\n        outcome.save()\n",
        "tests/engine/test_run.py::test_it_undoes_the_effect_of_an_end_that_fails",
    ),
    Guard(
        "one live job for each key",
        "models/engine.py",
        "active_key: Mapped[str | None] = mapped_column(String(200), unique=True)",
        "active_key: Mapped[str | None] = mapped_column(String(200))",
        "tests/engine/test_submit.py::test_it_makes_one_job_of_a_hundred_clicks_at_once",
    ),
    Guard(
        "the key goes with the end",
        MOVES,
        '        "status": status,\n        "active_key": None,\n',
        '        "status": status,\n',
        f"{ALONE}::test_a_finished_job_lets_go_of_its_target",
    ),
    Guard(
        "lease judged by the database's clock",
        "extensions.py",
        "return \"((julianday('now') - 2440587.5) * 86400.0)\"",
        "return str(clock.now())",
        f"{ALONE}::test_it_asks_no_clock_but_the_database_whose_lease_ran_out",
    ),
    Guard(
        "lease looked at again before a rescue",
        "services/jobs/janitor.py",
        "select(Job.id).where(moves.holds(job_id, attempt), Job.lease_until < db_now())",
        "select(Job.id).where(moves.holds(job_id, attempt))",
        f"{ALONE}::test_it_rescues_nobody_who_has_shown_a_sign_of_life_since",
    ),
    Guard(
        "three crashes are enough",
        "services/jobs/failure.py",
        "if crashes >= CRASHES_UNTIL_QUARANTINE:",
        "if crashes > 99:",
        "tests/engine/test_crash.py::test_it_sets_a_job_aside_that_kills_three_workers_in_a_row",
    ),
    Guard(
        "one dispatch for two janitors",
        "services/jobs/rings.py",
        "                Job.dispatch_no == job.dispatch_no,\n",
        "",
        f"{ALONE}::test_two_janitors_ring_once_more_and_not_twice",
    ),
    Guard(
        "unique rings", "store/bell.py", "unique=True,", "unique=False,", f"{ALONE}::test_the_same_ring_twice_is_one"
    ),
    Guard(
        "count in the gate",
        "services/jobs/family.py",
        "Job.children_total.is_not(None), not_(has_live_children()))",
        "Job.children_total.is_not(None))",
        "tests/engine/test_parents.py::test_the_gate_itself_stays_shut_while_a_child_is_unfinished",
    ),
    Guard(
        "children made before",
        "services/jobs/children.py",
        "[child for child in batch if child.target_id not in there]",
        "batch",
        "tests/engine/test_parents.py::test_it_makes_no_child_twice_when_it_was_killed_half_way",
    ),
    Guard(
        "progress of an earlier attempt",
        PROGRESS,
        "if attempt < a then return 0 end",
        "",
        f"{FENCE}::test_it_refuses_progress_of_an_earlier_attempt",
    ),
    Guard(
        "progress that goes back",
        PROGRESS,
        "if ends == '0' and instant == 0 and progress < p then return 0 end",
        "",
        f"{FENCE}::test_it_refuses_progress_that_goes_back",
    ),
    Guard(
        "progress after the end",
        PROGRESS,
        "  if ended == '1' then return 0 end\n",
        "",
        f"{FENCE}::test_it_refuses_progress_after_the_end",
    ),
    Guard(
        "a parent's bar that goes back",
        PROGRESS,
        "if progress < p then progress, json = p, standing_still(json) end",
        "",
        "tests/engine/test_parents_bar.py::test_what_is_told_stands_still_where_it_would_go_back",
    ),
    Guard(
        "a parent's report that is late",
        PROGRESS,
        "if parts < done and instant <= as_of then return 0 end",
        "",
        "tests/engine/test_parents_bar.py::test_a_late_report_of_a_parent_is_refused",
    ),
    Guard(
        "one run for each tick",
        TICKING,
        "Schedule.paused.is_(False), Schedule.next_at == due_at)",
        "Schedule.paused.is_(False))",
        f"{TICKS}::test_it_takes_no_tick_of_times_that_were_changed_meanwhile",
    ),
    Guard(
        "second look at a tick that was taken",
        TICKING,
        "if ours is None or session.scalar(\n"
        "            select(ScheduleRun.id).where(ScheduleRun.name == name, ScheduleRun.at == due_at)\n"
        "        ):",
        "if ours is None:",
        f"{TICKS}::test_it_takes_no_tick_again_that_comes_back_with_a_clock_that_was_set_back",
    ),
    Guard(
        "horse dies with its worker",
        HORSES,
        "        die_with_parent(self._parent_pid)\n",
        "",
        f"{REAL_WORKER}::test_its_horse_dies_with_it",
    ),
    Guard(
        "connections of its own after the fork",
        HORSES,
        "        db.engine.dispose(close=False)\n",
        "",
        "tests/faults/test_forks.py::test_no_job_works_with_a_connection_of_its_worker",
    ),
    Guard(
        "list of functions that a worker runs",
        WORKER,
        "if self.func_name not in ALLOWED_FUNCTIONS:",
        "if not ALLOWED_FUNCTIONS:",
        f"{REAL_WORKER}::test_it_runs_no_function_but_its_own",
    ),
    Guard(
        "lease freed by the worker of a killed horse",
        WORKER,
        "transitions.free_leases(session, self.name, failure.how_it_died(ret_val))",
        "session.flush()",
        f"{REAL_WORKER}::test_a_killed_horse_frees_its_job_at_once",
    ),
    Guard(
        "grace after a while in which nobody could write",
        "services/jobs/grace.py",
        "if was_away and self._judge_from is None:",
        "if False:",
        "tests/engine/test_grace.py::test_the_janitor_rescues_nobody_before_the_grace_is_over",
    ),
    Guard(
        "breaker before a Redis that is gone",
        "breaker.py",
        "        raise RedisConnectionError(REFUSAL)\n",
        "",
        "tests/engine/test_redis_away.py::test_only_the_first_calls_wait_for_a_hanging_redis",
    ),
    Guard(
        "turns before the database's lock",
        "extensions.py",
        "    with _turn_to_begin():\n",
        "    if True:\n",
        "tests/api/test_crowd.py::test_only_two_wait_for_the_lock_and_the_others_are_told",
    ),
    Guard(
        "somebody known",
        PERMISSION,
        "if identity_or_none() is not None or request.endpoint is None or needed(request.endpoint) == PUBLIC:",
        "if True:",
        "tests/routes/test_unauthenticated.py::test_it_sends_programs_away_with_a_reason",
    ),
    Guard(
        "role that is high enough",
        PERMISSION,
        "if role != PUBLIC and not identity.may(role):",
        "if False:",
        "tests/routes/test_roles.py::test_it_refuses_what_needs_a_higher_role",
    ),
    Guard(
        "ownership",
        PERMISSION,
        "        if name in OWNED:\n",
        "        if False:\n",
        "tests/routes/test_ownership.py::test_it_tells_of_another_persons_things_as_if_they_were_not_there",
    ),
    Guard(
        "token of our own pages",
        "blueprints/access/csrf.py",
        "if not hmac.compare_digest(sent.encode(), _derived().encode()):",
        "if False:",
        "tests/routes/test_csrf_token.py::test_it_refuses_every_change_without_the_token",
    ),
    Guard(
        "token of the very sign-in",
        "blueprints/access/csrf.py",
        "if not hmac.compare_digest(sent.encode(), _derived().encode()):",
        "if not sent:",
        "tests/routes/test_csrf_token.py::test_it_refuses_every_change_with_another_persons_token",
    ),
    Guard(
        "host that is ours",
        HOST_AND_SITE,
        'if not is_our_host(request.headers.get("Host", ""), current_settings()):',
        "if False:",
        "tests/routes/test_foreign_origins.py::test_it_answers_to_no_other_name",
    ),
    Guard(
        "site that is ours",
        HOST_AND_SITE,
        "if request.method not in SAFE_METHODS and not _from_own_site():",
        "if False:",
        "tests/routes/test_foreign_origins.py::test_it_refuses_it_with_a_key_too",
    ),
    Guard(
        "open to this machine only",
        "blueprints/access/identify.py",
        "if not is_near(request.remote_addr) or any(name in request.headers for name in PASSED_ON):",
        "if any(name in request.headers for name in PASSED_ON):",
        "tests/routes/test_from_afar.py::test_it_refuses_other_machines",
    ),
    Guard(
        "open to no proxy",
        "blueprints/access/identify.py",
        "if not is_near(request.remote_addr) or any(name in request.headers for name in PASSED_ON):",
        "if not is_near(request.remote_addr):",
        "tests/routes/test_from_afar.py::test_it_refuses_what_a_proxy_on_this_machine_passes_on",
    ),
    Guard(
        "pinned address",
        PUBLIC_HTTP,
        "return self._inner.connect_tcp(str(address), port,",
        "return self._inner.connect_tcp(host, port,",
        f"{REBINDING}::test_it_connects_to_the_address_that_it_checked",
    ),
    Guard(
        "address checked at connect",
        PUBLIC_HTTP,
        "host, port, allow_private=self._allow_private, within_seconds=",
        "host, port, allow_private=True, within_seconds=",
        f"{REBINDING}::test_it_checks_again_at_each_connection",
    ),
    Guard(
        "every address of a name",
        "clients/public_address.py",
        "not all(map(is_public, found))",
        "not any(map(is_public, found))",
        "tests/webhooks/test_hostile_addresses.py::test_it_refuses_by_name",
    ),
    Guard(
        "no redirects",
        PUBLIC_HTTP,
        "follow_redirects=False",
        "follow_redirects=True",
        f"{HEARD}::test_it_never_follows_a_redirect",
    ),
    Guard(
        "total time of a webhook",
        PUBLIC_HTTP,
        "        time_limit(total_seconds),\n",
        "        time_limit(60.0),\n",
        f"{HEARD}::test_it_ends_a_drip_at_the_total_time",
    ),
    Guard(
        "lease of a webhook's message",
        f"{WEBHOOKS}/leases.py",
        "WebhookDelivery.due_at <= now, is_free(now))",
        "WebhookDelivery.due_at <= now)",
        f"{LEASES}::test_it_takes_another_beside_the_one_that_is_taken",
    ),
    Guard(
        "fence of a webhook's try",
        f"{WEBHOOKS}/leases.py",
        "WebhookDelivery.state == PENDING, WebhookDelivery.lease_owner == taken.lease",
        "WebhookDelivery.state == PENDING",
        f"{LEASES}::test_one_that_comes_back_late_changes_nothing",
    ),
    Guard(
        "two at once to an endpoint",
        f"{WEBHOOKS}/leases.py",
        "room = min(wanted, limit - busy)",
        "room = wanted",
        f"{LEASES}::test_it_leases_no_more_to_one_than_it_may",
    ),
    Guard(
        "id in the signature",
        f"{WEBHOOKS}/signing.py",
        ".sign(message_id, instant, body)",
        '.sign("", instant, body)',
        "tests/webhooks/test_signatures.py::test_what_arrives_is_verified",
    ),
    Guard(
        "old secret signs too",
        f"{WEBHOOKS}/secrets.py",
        "for sealed in (secret, *old)",
        "for sealed in (secret,)",
        "tests/webhooks/test_signatures.py::test_both_secrets_verify_for_a_day_and_then_the_new_one_only",
    ),
    Guard(
        "one end of a render",
        FINISHING,
        "its = (Render.id == render_id, Render.status.in_(states.leading_to(outcome.status)))",
        "its = (Render.id == render_id,)",
        "tests/renders/test_races.py::test_done_and_failed_at_once_is_one_of_them",
    ),
    Guard(
        "token of a render that was begun anew",
        FINISHING,
        "return its if token_hash is None else (*its, Render.token_hash == token_hash)",
        "return its",
        "tests/renders/test_retry.py::test_what_was_seen_of_before_changes_nothing",
    ),
    Guard(
        "a video still stuck when it is started",
        "services/videos/runs.py",
        "*([only_if.holds()] if only_if else [])",
        "*[]",
        "tests/videos/test_started_once.py::test_one_that_is_not_stuck_any_more_is_left_alone",
    ),
)
