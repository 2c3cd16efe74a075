"""Runs the core's sockets and its jobs in one process until it is told to stop."""

import asyncio
from collections.abc import Sequence

import structlog
import uvicorn
from starlette.types import ASGIApp

from countersign.bootstrap import Core, Job

log = structlog.get_logger()


async def serve(core: Core) -> None:
    """Ends at SIGINT or SIGTERM: uvicorn closes all sockets, then raises the signal again.

    A socket that cannot be opened ends the process.

    Raises ConfigError.
    """
    core.settings.refuse_to_serve()
    servers = [
        _server(core.public_app(), core.settings.public, core.settings.proxies),
        _server(core.inner_app(), core.settings.inner),
        _server(core.staff_app(), core.settings.staff, core.settings.proxies),
    ]
    jobs = [asyncio.create_task(_repeat(job)) for job in core.jobs()]
    running = [asyncio.create_task(server.serve()) for server in servers]
    try:
        await asyncio.wait(running, return_when=asyncio.FIRST_COMPLETED)
    finally:
        for server in servers:
            server.should_exit = True
        await asyncio.gather(*running, return_exceptions=True)
        for job in jobs:
            job.cancel()
        await asyncio.gather(*jobs, return_exceptions=True)


def _server(app: ASGIApp, listen: str, proxies: Sequence[str] = ()) -> uvicorn.Server:
    host, _, port = listen.rpartition(":")
    return uvicorn.Server(
        uvicorn.Config(
            app,
            host=host.strip("[]"),
            port=int(port),
            # Paths of the portal are capabilities: they stay out of logs.
            access_log=False,
            log_level="warning",
            server_header=False,
            # X-Forwarded-For counts for limits, so only our own proxies are believed.
            proxy_headers=bool(proxies),
            forwarded_allow_ips=list(proxies),
            ws_max_size=65_536,
            timeout_graceful_shutdown=5,
            lifespan="off",
        )
    )


async def _repeat(job: Job) -> None:
    while True:
        try:
            await asyncio.to_thread(job.run)
        except Exception as error:  # noqa: BLE001 - a job that failed is tried again; the sockets stay up
            log.error("job.failed", job=job.name, error=type(error).__name__)
        await asyncio.sleep(job.seconds)
