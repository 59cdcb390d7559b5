import pytest

from martlet import Browser, Server


@pytest.fixture(scope="session")
def server():
    """One server for all tests that leave it as they found it."""
    server = Server().start()
    yield server
    server.remove()


@pytest.fixture
def own_server():
    """A server for a test that kills it or fills it."""
    servers = []

    def make(**settings):
        server = Server(**settings)
        servers.append(server)
        return server

    yield make
    for server in servers:
        server.remove()


@pytest.fixture(scope="session")
def user(server):
    return server.user(name="Anna Example", email="anna@example.org", emailVerified=True)


@pytest.fixture
def browser(server, user):
    return Browser(server, user)


@pytest.fixture(scope="session")
def client(server):
    return server.client(firstParty=True)


@pytest.fixture
def cluster():
    from cluster import Cluster

    cluster = Cluster()
    yield cluster
    cluster.remove()
